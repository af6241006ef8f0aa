package browsertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
)

// An approval from the form to the event that a backend gets.
func TestStartAndApprove(t *testing.T) {
	t.Parallel()
	for language, texts := range map[string]struct{ overview, start, approved, agreed, delivered, content string }{
		"en-GB": {"Overview", "Start an approval", "Approved", "Agreed", "Delivered", "Decrypt"},
		"zh-CN": {"概览", "发起审批", "已同意", "已同意", "已送达", "解密查看"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			callback, changes := backend(t)
			server, base := serve(t, emulator.WithCallback(callback))
			p := open(t, base, desktop(language))
			p.sees(texts.overview, company.DefaultAppKey)
			p.click(`.heading a[href="#/start"]`)
			p.click(`a[href="#/start/` + company.DefaultExpenseCode + `"]`)
			p.fill("金额", "1280.50")
			p.fill("事由", "差旅 <b>第三季度</b>")
			p.fill("manual_emulator_2", company.DefaultColleague)
			p.click("#submit")

			p.sees("提交的报销", "¥ 1,280.50", "差旅 <b>第三季度</b>", texts.delivered)
			require.Equal(t, event.InstanceChangeStart, received(t, changes).Change)
			id := server.Instances()[0].ID

			p.click("#approve")
			p.fill("remark", "好")
			p.click("dialog .primary")
			p.sees(texts.approved, "好")
			require.NoError(t, server.Approve(company.DefaultColleague, id, "同意报销")) // in the app: the page follows
			p.waitFor(`document.querySelector(".heading .badge").textContent === ` + quote(texts.agreed))
			p.sees("同意报销")
			p.waitFor(`!document.querySelector("#approve")`)
			require.Equal(t, event.InstanceChangeFinish, received(t, changes).Change)

			p.waitFor(`document.querySelectorAll('a[href^="#/events/"]').length === 6`)
			p.click(`tr:last-child a[href^="#/events/"]`)
			p.sees("HTTP 200", texts.content)
			p.click("#decrypt")
			p.waitFor(`JSON.parse(document.querySelector("#decrypted").textContent).processInstanceId === ` + quote(id))
		})
	}
}

// A fault is switched on, a client runs into it, and the page says what the
// client was told.
func TestSwitchAFaultOn(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	c := client(t, server)
	id := start(t, c, "")
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/faults")
	p.click("#preset-qps")
	p.waitFor(`document.querySelector("#preset-qps").getAttribute("aria-checked") === "true"`)

	_, err := c.Instances.Get(t.Context(), id)
	require.ErrorIs(t, err, dingoa.ErrRateLimited)

	p.goTo("/#/requests?refused=true")
	p.sees("GetProcessInstance", "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "应用调用该接口的QPS超过限制")
	p.goTo("/#/faults")
	p.click("#preset-qps")
	p.sees("No faults are active.")
	_, err = c.Instances.Get(t.Context(), id)
	require.NoError(t, err)

	p.fill("share", "2")
	p.fill("delay", "5ms")
	p.click("#add-fault")
	p.sees("2 is not between 0 and 1")
	p.refused("400 (Bad Request)")
	p.fill("share", "0.5")
	p.fill("operation", "GetProcessInstance")
	p.click("#add-fault")
	p.sees("50%", "Delay 5ms")
	_, err = c.Instances.Get(t.Context(), id)
	require.NoError(t, err)
	p.waitFor(`document.querySelector("table td:nth-child(4)").textContent === "1"`)
}

func TestMistakesAreShownWhereTheyWereMade(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/start/" + company.DefaultProcessCode)
	p.fill("天数", "two")
	p.click("#submit")
	p.waitFor(`document.querySelector('[data-field="天数"] .wrong').textContent === "is no number"`)
	p.fill("天数", "2")
	p.fill("请假类型", "年假")
	p.click("#submit")
	p.waitFor(`document.querySelector('[data-field="开始日期"] .wrong').textContent.includes("必填")`)
	p.waitFor(`document.activeElement.type === "date" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	p.refused("400 (Bad Request)")
	require.Empty(t, server.Instances())

	id := start(t, client(t, server), "")
	p.goTo("/#/instances/" + id)
	p.click("#approve")
	p.fill("userId", "qianqi")
	p.click("dialog .primary")
	p.waitFor(`document.querySelector('dialog [data-field="userId"] .wrong').textContent.includes("nothing to decide")`)
	p.refused("409 (Conflict)")
	p.fill("userId", company.DefaultFirstApprover)
	p.click("dialog .primary")
	p.waitFor(`!document.querySelector("dialog")`)

	p.goTo("/#/instances/nothing")
	p.sees("There is no such approval")
	p.refused("404 (Not Found)")
}

// What people do with an approval besides approving it.
func TestActions(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	id := start(t, client(t, server), "")
	p.goTo("/#/instances/" + id)

	p.click("#comment")
	p.fill("userId", "qianqi")
	p.fill("remark", "什么时候回来？")
	p.click("dialog .primary")
	p.sees("什么时候回来？")
	p.click("#redirect")
	p.fill("toUserId", company.DefaultColleague)
	p.click("dialog .primary")
	p.sees("Waits for 赵六")
	p.click("#add-sign")
	p.click(`dialog input[value="qianqi"]`)
	p.fill("before", "true")
	p.click("dialog .primary")
	p.sees("Waits for 钱七")
	p.click("#approve")
	p.click("dialog .primary")
	p.sees("Waits for 赵六")
	p.click("#revert")
	p.click("dialog .primary")
	p.sees("Waits for 张三")
	p.click("#terminate")
	p.click("dialog .primary")
	p.sees("revoked the approval")
	require.Equal(t, "TERMINATED", server.Instances()[0].Status)
}

// Updates come by themselves and leave alone what the user is at.
func TestUpdatesKeepFocus(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	c := client(t, server)
	start(t, c, "first")
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/instances")
	p.waitFor(`document.querySelectorAll("tbody tr").length === 1`)
	p.run(`document.querySelector("#search").focus()`)
	p.run(`document.querySelector("#search").dataset.same = "yes"; document.querySelector("tbody tr").title = "gone at the update"`)
	p.press("年")
	p.waitFor(`location.hash.includes("q=")`)
	start(t, c, "second")
	p.waitFor(`document.querySelectorAll("tbody tr").length === 2`)
	p.waitFor(`document.activeElement.id === "search" && document.activeElement.value === "年" && document.activeElement.selectionStart === 1`)

	p.press("x")
	p.sees("No approvals match.")

	p.goTo("/#/faults")
	p.click("#preset-drop")
	p.waitFor(`document.querySelector("table td:nth-child(4)").textContent === "0"`)
	p.run(`document.querySelector("#own-fault [name=times]").focus()`)
	p.press("1")
	_, err := c.Instances.Get(t.Context(), "any")
	require.Error(t, err)
	p.waitFor(`document.querySelector("table td:nth-child(4)").textContent === "1"`)
	p.press("2")
	p.waitFor(`document.activeElement.name === "times" && document.activeElement.value === "12"`)
}

// A page whose connection was cut connects again and shows what it missed.
func TestConnectsAgain(t *testing.T) {
	t.Parallel()
	server, err := emulator.New(emulator.WithAdmin())
	require.NoError(t, err)
	listener := mount(t, server)
	p := open(t, listener.URL, desktop("en-GB"))
	p.goTo("/#/instances")
	p.sees("No approvals match.", "Live")
	listener.CloseClientConnections()
	p.sees("Reconnecting…")
	start(t, client(t, server), "")
	p.sees("张三提交的请假", "Live")
	p.expected("error: Failed to load resource: net::ERR_INCOMPLETE_CHUNKED_ENCODING")
}

func TestEventsAreSentAgainAndLost(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/events")
	p.sees("No events: they are pushed once there is a callback.")
	p.click("#callback")
	p.fill("url", "http://127.0.0.1:1/nobody")
	p.click("dialog .primary")
	p.sees("The callback is set")
	start(t, client(t, server), "")
	p.sees("bpms_instance_change start", "Pending", "connection refused")

	callback, changes := backend(t)
	p.click("#callback")
	p.fill("url", callback.URL)
	p.click("dialog .primary")
	p.sees(callback.URL)
	p.click(`tr:last-child a[href^="#/events/"]`)
	p.sees("No answer", "connection refused")
	p.click("#resend")
	require.Equal(t, event.InstanceChangeStart, received(t, changes).Change)
	p.sees("HTTP 200")
	p.waitFor(`document.querySelectorAll(".tries > li").length === 2 && document.querySelector("#lose").disabled`)

	p.goTo("/#/events?state=pending") // the task's event waits for its retry
	p.click(`a[href^="#/events/"]`)
	p.click("#lose")
	p.waitFor(`document.querySelector(".heading .badge").textContent === "Lost"`)
}

func TestClock(t *testing.T) {
	t.Parallel()
	server, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/clock")
	before := server.Now()
	p.click("#advance-120d")
	p.sees("2880h")
	require.GreaterOrEqual(t, server.Now().Sub(before), 120*24*time.Hour)

	start(t, client(t, server), "")
	p.click("#reset")
	p.fill("seed", "users: [{id: someone, name: 某人, naem: x}]")
	p.click("dialog .primary")
	p.waitFor(`document.querySelector("dialog .wrong:not(:empty)")`)
	p.refused("400 (Bad Request)")
	p.fill("seed", "")
	p.click("dialog .primary")
	p.sees("It was reset")
	require.Empty(t, server.Instances())
}
