package form_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// Texts that the service should not send.
func TestBadTexts(t *testing.T) {
	t.Parallel()
	type row struct {
		N int    `form:"数量"`
		T string `form:"名称"`
	}
	type target struct {
		Int      int8              `form:"int"`
		Uint     uint8             `form:"uint"`
		Float    float32           `form:"float"`
		Decimal  form.Decimal      `form:"decimal"`
		Time     time.Time         `form:"time"`
		Range    form.DateRange    `form:"range"`
		Options  []string          `form:"options"`
		Files    []form.Attachment `form:"files"`
		Contacts []form.Contact    `form:"contacts"`
		Contact  form.Contact      `form:"contact"`
		Depts    []form.Department `form:"depts"`
		Related  []form.Related    `form:"related"`
		Photos   []form.Photo      `form:"photos"`
		Address  form.Address      `form:"address"`
		Location form.Location     `form:"location"`
		Holiday  form.Holiday      `form:"holiday"`
		Lines    []row             `form:"明细"`
		Rows     []form.Values     `form:"rows"`
		Stubborn stubborn          `form:"stubborn"`
		Big      *big.Int          `form:"big"`
	}
	for _, test := range []struct{ name, value, want string }{
		{"int", "128", "Int (int, NumberField) is 128, which does not fit into int8"},
		{"int", "-129", "which does not fit into int8"},
		{"int", "1.5", `Int (int, NumberField) must be a whole number, not "1.5"`},
		{"int", "many", `Int (int, NumberField) must be a number, not "many"`},
		{"int", "0x10", "must be a number"},
		{"int", "1_0", "must be a number"},
		{"int", "1e400000000", "must be a number"},
		{"uint", "-1", "Uint (uint, NumberField) is -1, which does not fit into uint8"},
		{"uint", "256", "which does not fit into uint8"},
		{"uint", "1.5", "must be a whole number"},
		{"float", "1e39", "Float (float, NumberField) is 1e39, which does not fit into float32"},
		{"float", "NaN", `must be a number, not "NaN"`},
		{"decimal", "1,00", `Decimal (decimal, NumberField) must be a number, not "1,00"`},
		{"decimal", "-", "must be a number"},
		{"decimal", ".", "must be a number"},
		{"time", "2026-02-30", `Time (time, DDDateField) must be a date such as 2026-12-01 or 2026-12-01 09:30, not "2026-02-30"`},
		{"time", "soon", "must be a date"},
		{"range", `["2026-12-01"]`, "Range (range, DDDateRangeField) is half a date range: it has to have both ends"},
		{"range", `["2026-12-01",""]`, "is half a date range"},
		{"range", `[null,"2026-12-01"]`, "is half a date range"},
		{"range", `["2026-12-01","soon"]`, "must be a date"},
		{"range", `["soon","2026-12-01"]`, "must be a date"},
		{"range", `2026-12-01`, "is malformed JSON at byte 0"},
		{"options", `["a",`, "Options (options, DDMultiSelectField) is malformed JSON at byte 5"},
		{"options", `["a" "b"]`, "is malformed JSON at byte 5"},
		{"options", `["a"] x`, "is malformed JSON at byte 6"},
		{"options", `["\x"]`, "is malformed JSON at byte 1"},
		{"options", `["a`, "is malformed JSON at byte 3"},
		{"options", "[\"a\n\"]", "is malformed JSON at byte 3"},
		{"options", `[tru]`, "is malformed JSON at byte 1"},
		{"options", `[{]`, "is malformed JSON at byte 1"},
		{"options", `[{"a]`, "is malformed JSON at byte 1"},
		{"files", `[{"fileId":"1"`, "Files (files, DDAttachment) is malformed JSON"},
		{"files", `["a"]`, "Files (files, DDAttachment) has a JSON string where it should not"},
		{"contacts", `[{"name":1}]`, "has a JSON number where it should not"},
		{"contacts", `["a"`, "is malformed JSON"},
		{"contact", `["a","b"]`, "Contact (contact, InnerContactField) has 2 values, but the Go type is for one; use a slice"},
		{"depts", "[1", "is malformed JSON"},
		{"depts", "99999999999999999999", "has the department id 99999999999999999999, which does not fit into int64"},
		{"related", "[1", "is malformed JSON"},
		{"photos", "[1", "is malformed JSON"},
		{"address", `["a"`, "is malformed JSON"},
		{"location", `[]x`, "is malformed JSON"},
		{"location", `["2025-01-03 14:27:20",1]`, "must be a list of time, longitude, latitude and address"},
		{"location", `["soon",1,2,"a"]`, "must be a date"},
		{"location", `["2025-01-03 14:27:20","east",2,"a"]`, "must be a number"},
		{"location", `["2025-01-03 14:27:20",1,"north","a"]`, "must be a number"},
		{"location", `["2025-01-03 14:27:20",1,2,"a",1e399]`, "which is too large"},
		{"holiday", `{"a":1}`, "is malformed JSON"},
		{"holiday", `["2025-01-03"]`, "is half a date range"},
		{"holiday", `["2025-01-03","2025-01-03","long"]`, "must be a number"},
		{"明细", `x`, "Lines (明细, TableField) must be a list of rows"},
		{"明细", `[1]`, "Lines (明细, TableField) has a row 0 that is neither a list of cells nor an object"},
		{"明细", `[[1]]`, "is malformed JSON at byte 2"},
		{"明细", `[[{"name":"数量","value":"1"}],[{"name":"数量"`, "is malformed JSON"},
		{"明细", `[[]] x`, "is malformed JSON"},
		{"明细", `[{"数量":1`, "is malformed JSON"},
		{"明细", `[{"数量" 1}]`, "is malformed JSON"},
		{"明细", `[{1:1}]`, "is malformed JSON"},
		{"明细", `[{"数量":1 "名称":2}]`, "is malformed JSON"},
		{"明细", `[{"rowValue":[1]}]`, "is malformed JSON"},
		{"明细", `[[{"name":"数量","value":"1"}],[{"name":"数量","value":"x"}]]`, `Lines[1].N (明细[1].数量, NumberField) must be a number, not "x"`},
		{"明细", `[[{"name":"数量","value":"1"},{"name":"数量","value":"2"}]]`, "Lines[0].N (明细[0].数量, NumberField) has two cells in this row"},
		{"明细", `[{"props":{"id":"a"},"value":1}] x`, "is malformed JSON"},
		{"明细", `[{"props":[]}]`, "is malformed JSON"},
		{"rows", `[1]`, "Rows (rows, TableField) has a row 0"},
		{"stubborn", "x", "Stubborn (stubborn, TextField) cannot be read: no way"},
		{"big", "x", "Big (big, TextField) cannot be read"},
	} {
		t.Run(test.name+" "+test.value, func(t *testing.T) {
			t.Parallel()
			err := form.Unmarshal([]form.Value{{Name: test.name, Value: test.value}}, &target{})
			requireProblems(t, err, []string{test.want})
		})
	}
	for _, in := range []form.Value{
		{Name: "depts", Value: "a", ExtValue: `[1]`},
		{Name: "related", Value: "a", ExtValue: `{"list":1}`},
		{Name: "contacts", Value: "a", ExtValue: `[{]`},
		{Name: "holiday", Value: `["2025-01-03","2025-01-03"]`, ExtValue: `{"durationInDay":"x"}`},
		{Name: "holiday", Value: `["2025-01-03","2025-01-03"]`, ExtValue: `{`},
		{Name: "holiday", Value: `["2025-01-03","2025-01-03"]`, ExtValue: `{"durationInHour":"x"}`},
	} {
		require.Error(t, form.Unmarshal([]form.Value{in}, &target{}), "%+v", in)
	}
	err := form.Unmarshal([]form.Value{{Name: "int", Value: "1"}, {Name: "int", Value: "2"}, {Name: "uint", Value: "x"}}, &target{})
	requireProblems(t, err, []string{"Int (int, NumberField) has two components on the form; name one by its id in the tag", `Uint (uint, NumberField) must be a number, not "x"`})
}
