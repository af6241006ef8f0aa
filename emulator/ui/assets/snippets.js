// Three lines for a caller's own language. The app's secret is never shown here.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { announce, button } from "./parts.js";

const quote = (text) => JSON.stringify(text);

function of({ appKey }) {
  const { origin, host } = location;
  return {
    Go: `client, err := dingoa.New(${quote(appKey)}, os.Getenv("APP_SECRET"),
\tdingoa.WithBaseURL(${quote(origin)}), dingoa.WithLegacyBaseURL(${quote(origin)}))
instance, err := client.Instances.Get(ctx, "INSTANCE_ID")`,
    curl: `TOKEN=$(curl -s ${origin}/v1.0/oauth2/accessToken -H 'Content-Type: application/json' \\
  -d '{"appKey":${quote(appKey)},"appSecret":"'"$APP_SECRET"'"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s "${origin}/v1.0/workflow/processInstances?processInstanceId=INSTANCE_ID" -H "x-acs-dingtalk-access-token: $TOKEN"`,
    "Node.js": `const { default: Workflow } = require("@alicloud/dingtalk/workflow_1_0");
const client = new Workflow({ protocol: "http", regionId: "central", endpoint: ${quote(host)} });
// token: new Oauth2({ …the same }).getAccessToken({ appKey: ${quote(appKey)}, appSecret: process.env.APP_SECRET })`,
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
