// A program with dingtalk-stream, as its documentation shows one: it prints each
// event as a line of JSON.

import { DWClient, EventAck } from "dingtalk-stream";

const client = new DWClient({ clientId: process.env.DINGTALK_APP_KEY, clientSecret: process.env.DINGTALK_APP_SECRET });
client.registerAllEventListener((message) => {
  console.log(JSON.stringify({ type: message.headers.eventType, data: JSON.parse(message.data) }));
  return { status: EventAck.SUCCESS };
});
await client.connect();
