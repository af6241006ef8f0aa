// Where to begin in a caller's own language. The app's secret is never shown here.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { announce, button } from "./parts.js";

const quote = (text) => JSON.stringify(text);

function of({ appKey }) {
  const { origin, host } = location;
  return {
    Go: `package main

import (
\t"context"
\t"fmt"
\t"log"
\t"os"

\t"github.com/dingoa/dingoa"
)

func main() {
\tclient, err := dingoa.New(${quote(appKey)}, os.Getenv("DINGTALK_APP_SECRET"),
\t\tdingoa.WithBaseURL(${quote(origin)}), dingoa.WithLegacyBaseURL(${quote(origin)}))
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tinstance, err := client.Instances.Get(context.Background(), "INSTANCE_ID")
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tfmt.Println(instance.Title, instance.Status)
}`,
    curl: `TOKEN=$(curl -s ${origin}/v1.0/oauth2/accessToken -H 'Content-Type: application/json' \\
  -d '{"appKey":${quote(appKey)},"appSecret":"'"$DINGTALK_APP_SECRET"'"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s "${origin}/v1.0/workflow/processInstances?processInstanceId=INSTANCE_ID" -H "x-acs-dingtalk-access-token: $TOKEN"`,
    "Node.js": `const { default: Workflow } = require("@alicloud/dingtalk/workflow_1_0");
const client = new Workflow({ protocol: ${quote(location.protocol.slice(0, -1))}, regionId: "central", endpoint: ${quote(host)} });
// token: new Oauth2({ …the same }).getAccessToken({ appKey: ${quote(appKey)}, appSecret: process.env.DINGTALK_APP_SECRET })`,
  };
}

export function snippets(app) {
  return Object.entries(of(app)).map(([title, text], i) => h("details", { class: "snippet", "data-key": title, open: i === 0 },
    h("summary", {}, title),
    h("div", { class: "copy" }, h("pre", { tabindex: "0" }, text), button(t("copy"), async () => {
      try {
        await navigator.clipboard.writeText(text);
        announce(t("copied"));
      } catch {
        announce(t("copyFailed"));
      }
    }))));
}
