package browsertest

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// set fills in the n-th control of a component.
func (p *page) set(label string, n int, text string) {
	p.t.Helper()
	p.run(`(control => {
		control.value = ` + quote(text) + `;
		control.dispatchEvent(new Event("change", {bubbles: true}));
	})(document.querySelectorAll("[data-field=" + CSS.escape(` + quote(label) + `) + "] :is(input:not([type=file]), textarea, select)")[` + strconv.Itoa(n) + `])`)
}

func (p *page) tick(label, value string) {
	p.t.Helper()
	p.click(`[data-field="` + label + `"] input[value="` + value + `"]`)
}

func TestEveryComponentCanBeFilledIn(t *testing.T) {
	t.Parallel()
	server, base := serve(t, emulator.WithForms(company.DefaultForm(), company.EveryComponentForm()))
	other := start(t, client(t, server), "")
	p := open(t, base, desktop("zh-CN"))
	p.goTo("/#/start/" + company.DefaultEveryComponentCode)
	p.sees("DDHolidayField：API 发起时不能填写", "FormRelateField：API 发起时不能填写", "文字说明")
	p.click("#submit")
	p.waitFor(`document.querySelector('[data-field="明细"] > .wrong').textContent.includes("必填")`)
	p.refused("400 (Bad Request)")

	for label, texts := range map[string][]string{
		"单行输入框": {"客户拜访"}, "多行输入框": {"第一行\n<script>第二行</script>"}, "数字输入框": {"3"}, "金额": {"12800.50"}, "单选框": {"选项2"}, "日期": {"2026-05-04"},
		`["开始时间","结束时间"]`: {"2026-05-06T09:00", "2026-05-08T18:30"}, "电话": {"13800000000"}, "图片": {"https://example.com/a.png"}, "关联审批单": {other},
		"省市区": {"浙江省", "杭州市", "余杭区"}, "评分": {"4"}, `["当前时间","当前地点"]`: {"2026-05-04T09:30", "120.02", "30.28", "杭州市余杭区", "100"}, "计算公式": {"3"},
		"身份证": {"11010519491231002X"}, "时刻": {"2026-05-04T09:30"}, "其他选项": {"自己写的"}, "一个联系人": {"zhaoliu"}, "一个部门": {"200"},
	} {
		for i, text := range texts {
			p.set(label, i, text)
		}
	}
	p.tick("多选框", "选项1")
	p.tick("多选框", "选项3")
	p.tick("联系人", "lisi")
	p.tick("联系人", "wangwu")
	p.tick("部门", "100")
	p.tick("部门", "200")
	p.run(`(chooser => {
		const chosen = new DataTransfer();
		chosen.items.add(new File(["%PDF"], "行程.pdf"));
		chooser.files = chosen.files;
		chooser.dispatchEvent(new Event("change"));
	})(document.querySelector('[data-field="附件"] input[type=file]'))`)
	p.sees("文件已上传到审批钉盘空间")
	p.set("明细", 3, "1500")
	p.click("#submit")
	p.sees("单行输入框 必填") // in the table's first row
	p.set("明细", 0, "机票")
	p.click(`[data-field="明细"] > .repeated > button`)
	p.waitFor(`document.querySelectorAll('[data-field="明细"] > .repeated > .items > .item').length === 2`)
	p.click(`[data-field="明细"] > .repeated > .items > .item:last-child > button`)
	p.click("#submit")

	p.sees("客户拜访", "¥ 12,800.50", "选项1、选项3", "2026-05-06 09:00 → 2026-05-08 18:30", "李四、王五", "研发部、人事部", "浙江省 杭州市 余杭区", "★★★★", "行程.pdf",
		"杭州市余杭区", "<script>第二行</script>", "机票", "¥ 1,500", "赵六", "自己写的", "张三提交的请假")
	p.waitFor(`document.querySelector('dd a[href="https://example.com/a.png"]').rel.includes("noreferrer")`)
	p.waitFor(`document.querySelector('dd a[href="#/instances/` + other + `"]')`)
	values := formValues(t, server)
	var files []map[string]string
	require.NoError(t, json.Unmarshal([]byte(values["附件"]), &files))
	file, ok := server.File(files[0]["fileId"])
	require.True(t, ok)
	require.Equal(t, "%PDF", string(file.Content))
	delete(values, "附件")
	require.Equal(t, map[string]string{
		"单行输入框": "客户拜访", "多行输入框": "第一行\n<script>第二行</script>", "数字输入框": "3", "金额": "12800.50", "单选框": "选项2", "多选框": `["选项1","选项3"]`, "日期": "2026-05-04",
		`["开始时间","结束时间"]`: `["2026-05-06 09:00","2026-05-08 18:30"]`, "电话": "13800000000", "图片": `["https://example.com/a.png"]`, "联系人": "李四,王五",
		"部门": "研发部,人事部", "关联审批单": `["张三提交的请假"]`, "省市区": "浙江省,杭州市,余杭区", "评分": "4",
		`["当前时间","当前地点"]`: `["2026-05-04 09:30:00",120.02,30.28,"杭州市余杭区",100]`, "计算公式": "3", "身份证": "11010519491231002X", "时刻": "2026-05-04 09:30",
		"其他选项": "自己写的", "一个联系人": "赵六", "一个部门": "人事部", "明细": `[{"rowNumber":"TableField-every_1","rowValue":[{"componentType":"TextField","key":"TextField-column","label":"单行输入框","value":"机票"},{"componentType":"MoneyField","key":"MoneyField-column","label":"金额","value":"1500"}]}]`,
	}, values)
}

// formValues of the newest approval as the API gives them back: names in place of IDs.
func formValues(t *testing.T, server *emulator.Server) map[string]string {
	t.Helper()
	instances := server.Instances()
	instance, err := client(t, server).Instances.Get(t.Context(), instances[len(instances)-1].ID)
	require.NoError(t, err)
	values := map[string]string{}
	for _, v := range instance.FormValues {
		values[v.Name] = v.Value
	}
	return values
}
