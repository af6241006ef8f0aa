// Sends what dingtalk-stream asks of DingTalk's gateways to another address, as
// it has theirs built in: node --import ./address.mjs program.mjs

import axios from "axios";

const gateways = /^https:\/\/o?api\.dingtalk\.com/;

axios.interceptors.request.use((request) => ({ ...request, url: request.url.replace(gateways, process.env.DINGTALK_BASE_URL) }));
