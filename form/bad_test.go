package form_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

type loop struct {
	Name string `form:"名称"`
	Self []loop `form:"自己"`
}

type pointed struct {
	Name string `form:"名称"`
}

type badRow struct {
	On bool `form:"开关"`
}

// tagged is a struct with the tag, which go vet would not let stand.
func tagged(tag reflect.StructTag) any {
	return reflect.Zero(reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeFor[string](), Tag: tag}})).Interface()
}

// Types that no form has: each problem names field, component and reason.
func TestBadTypes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		v    any
		want string
	}{
		"nil":         {nil, "can write a struct or a pointer to one, not <nil>"},
		"nil pointer": {(*pointed)(nil), "cannot write a nil *form_test.pointed"},
		"no struct":   {3, "can write a struct or a pointer to one, not int"},
		"bool": {struct {
			V bool `form:"开关"`
		}{}, "V (开关) has the Go type bool, which is no component"},
		"map": {struct {
			V map[string]string `form:"表"`
		}{}, "V (表) has the Go type map[string]string, which is no component"},
		"interface": {struct {
			V any `form:"表"`
		}{}, "V (表) has the Go type interface {}, which is no component"},
		"list of numbers": {struct {
			V []int `form:"表"`
		}{}, "V (表) has the Go type []int, which is no component; lists are []string"},
		"struct": {struct {
			V pointed `form:"表"`
		}{}, "V (表) is the struct form_test.pointed: a table (明细) is a slice of structs"},
		"pointer to pointer": {struct {
			V **int `form:"表"`
		}{}, "V (表) has the Go type *int, which is no component"},
		"wrong type for text": {struct {
			V string `form:"数,type=NumberField"`
		}{}, "V (数, NumberField) cannot be a string: that takes integers, floats, form.Decimal or a type with MarshalText"},
		"wrong type for number": {struct {
			V int `form:"文,type=TextareaField"`
		}{}, "V (文, TextareaField) cannot be a int: that takes text"},
		"wrong type for contacts": {struct {
			V []string `form:"人,type=InnerContactField"`
		}{}, "that takes form.Contact or []form.Contact"},
		"number as a component without page": {struct {
			V int `form:"文,type=SeqNumberField"`
		}{}, "V (文, SeqNumberField) cannot be a int: that takes text"},
		"two of a label": {struct {
			A string `form:"名称"`
			B int    `form:"名称"`
		}{}, "B (名称) has the same label as A"},
		"two of a label, one with an id": {struct {
			A string `form:"名称,id=T1"`
			B int    `form:"名称"`
		}{}, "B (名称) has the same label as A"},
		"two of an id": {struct {
			A string `form:"a,id=T1"`
			B int    `form:"b,id=T1"`
		}{}, "B (b) has the same id as A"},
		"two of an alias": {struct {
			A string `form:",alias=x"`
			B int    `form:"b,alias=x"`
		}{}, "B (b) has the same alias as A"},
		"two of a label, one embedded": {struct {
			pointed
			Name string `form:"名称"`
		}{}, "Name (名称) has the same label as pointed.Name"},
		"embedded pointer": {struct{ *pointed }{}, "pointed is an embedded pointer: embed the struct itself"},
		"recursion":        {loop{}, "Self[].Self (自己.自己) is a table within a table, which forms do not have"},
		"row type": {struct {
			V []badRow `form:"明细"`
		}{}, "V[].On (明细.开关) has the Go type bool"},
		"row without tags": {struct {
			V []struct{ A string } `form:"明细"`
		}{}, "V (明细) has rows of type struct { A string }, of which no field has a form tag"},
		"table of values in a row": {struct {
			V []struct {
				W []form.Values `form:"表"`
			} `form:"明细"`
		}{}, "V[].W (明细.表) is a table within a table"},
		"unexported": {struct {
			v string `form:"名称"`
		}{}, "v (名称) has a form tag but is not exported"},
		"empty tag": {struct {
			V string `form:""`
		}{}, "V has neither label nor id nor alias in its tag"},
		"second label alone": {struct {
			V form.DateRange `form:",id=D,and=b"`
		}{}, "has a second label in its tag (and=) but no first one"},
		"second label of text": {struct {
			V string `form:"a,and=b"`
		}{}, "V (a/b, TextField) has a second label in its tag (and=), which is for DDDateRangeField and TimeAndLocationField"},
		"minutes of text": {struct {
			V string `form:"a,minute"`
		}{}, "V (a, TextField) has the option minute in its tag, which is for DDDateField and DDDateRangeField"},
		"unknown option": {struct {
			V string `form:"a,b"`
		}{}, `V (a) has the unknown option "b" in its tag; write a label with a comma in single quotes`},
		"option in place of the label": {struct {
			V string `form:"id=TextField_1"`
		}{}, `V begins its tag with the option "id=TextField_1" in place of the label: write ",id=TextField_1"`},
		"options in place of the label": {struct {
			V string `form:"alias=x,required"`
		}{}, `V begins its tag with the option "alias=x" in place of the label: write ",alias=x"`},
		"word in place of the label": {struct {
			V string `form:"required"`
		}{}, `V begins its tag with the option "required" in place of the label: write ",required"`},
		"rest in place of the label": {struct {
			V form.Values `form:"rest"`
		}{}, `V begins its tag with the option "rest" in place of the label: write ",rest"`},
		"option behind a blank": {struct {
			V string `form:"事由 required"`
		}{}, `V has the label "事由 required" in its tag, which looks like a label with an option: options stand behind a comma (,)`},
		"option behind a Chinese comma": {struct {
			V string `form:"事由，id=TextField_1"`
		}{}, `V has the label "事由，id=TextField_1" in its tag, which looks like a label with an option`},
		"option behind a semicolon": {struct {
			V string `form:"事由;omitempty"`
		}{}, `looks like a label with an option`},
		"blank before an option": {struct {
			V string `form:"a, required"`
		}{}, `V (a) has the unknown option " required" in its tag; did you mean "required"?`},
		"option in capitals": {struct {
			V string `form:"a,omitEmpty"`
		}{}, `V (a) has the unknown option "omitEmpty" in its tag; did you mean "omitempty"?`},
		"misspelled option": {struct {
			V string `form:"a,requird"`
		}{}, `V (a) has the unknown option "requird" in its tag; did you mean "required"?`},
		"misspelled key": {struct {
			V string `form:"a,Id=T1"`
		}{}, `V (a) has the unknown option "Id=T1" in its tag; did you mean "id="?`},
		"name of another kind": {struct {
			V string `form:"a,bizAlias=x"`
		}{}, `V (a) has the unknown option "bizAlias=x" in its tag; did you mean "alias="?`},
		"option twice": {struct {
			V string `form:"a,id=T1,id=T2"`
		}{}, `V (a) has the option id= twice in its tag`},
		"misspelled component": {struct {
			V string `form:"a,type=TextAreaField"`
		}{}, `V (a, TextAreaField) has the unknown component TextAreaField in its tag; did you mean TextareaField?`},
		"misspelled component of a number": {struct {
			V int `form:"a,type=MoneyFeild"`
		}{}, `V (a, MoneyFeild) has the unknown component MoneyFeild in its tag; did you mean MoneyField?`},
		"tag without quotes": {tagged("form:事由"), "V has a malformed struct tag: write form:\"label\""},
		"tag with a blank":   {tagged(`json:"v" form: "事由"`), "V has a malformed struct tag: write form:\"label\""},
		"misspelled tag": {struct {
			V string `from:"事由"`
		}{}, `V has the struct tag from:"事由": write form:"事由"`},
		"tag in capitals": {struct {
			V string `Form:"事由"`
		}{}, `V has the struct tag Form:"事由": write form:"事由"`},
		"no tags": {struct{ V string }{}, "struct { V string } has no field with a form tag"},
		"option without value": {struct {
			V string `form:"a,id="`
		}{}, `V (a) has the malformed option "id=" in its tag`},
		"option with value": {struct {
			V string `form:"a,required=true"`
		}{}, `V (a) has the malformed option "required=true" in its tag`},
		"open quote": {struct {
			V string `form:"'a,b"`
		}{}, "V has a single quote in its tag that nothing closes"},
		"open quote of an id": {struct {
			V string `form:"a,id='b"`
		}{}, "V (a) has a single quote in its tag that nothing closes"},
		"rest of another type": {struct {
			V []string `form:",rest"`
		}{}, "V has the option rest, which is for a []form.Value or form.Values and goes with nothing else"},
		"rest twice": {struct {
			V []form.Value `form:",rest"`
			W form.Values  `form:",rest"`
		}{}, "W is a second field with the option rest"},
		"rest without the option": {struct {
			V []form.Value `form:"a"`
		}{}, "V (a) is a []form.Value, which only a field with the option rest takes"},
		"required but read only": {struct {
			V form.Holiday `form:"假,required"`
		}{}, "V (假, DDHolidayField) is required, but no call can fill it in"},
		"all at once": {struct {
			A bool      `form:"a"`
			B complex64 `form:"b"`
		}{}, "which is no component; use text, a number, a time, a list or a type of package form; B (b) has the Go type complex64"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var of *form.Error
			_, err := form.Marshal(test.v)
			require.ErrorAs(t, err, &of)
			require.ErrorContains(t, err, test.want)
			_, again := form.Marshal(test.v)
			require.Equal(t, err, again, "the plan is kept, and so is what is wrong with it")
		})
	}
}

func TestBadTargets(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"not into nil":                      nil,
		"not into a nil *form_test.pointed": (*pointed)(nil),
		"not into form_test.pointed":        pointed{},
		"not into *int":                     new(int),
		"is a table within a table":         &loop{},
	} {
		var of *form.Error
		err := form.Unmarshal(nil, v)
		require.ErrorAs(t, err, &of)
		require.ErrorContains(t, err, want)
	}
}

type stubborn struct{}

func (stubborn) MarshalText() ([]byte, error)  { return nil, errors.New("no way") }
func (*stubborn) UnmarshalText(_ []byte) error { return errors.New("no way") }

type writes struct{ text string }

func (w writes) MarshalText() ([]byte, error)     { return []byte(w.text), nil }
func (w *writes) UnmarshalText(text []byte) error { w.text = string(text); return nil }

// Values that no form takes.
func TestBadValues(t *testing.T) {
	t.Parallel()
	day := at(2026, 12, 1, 0, 0, 0)
	type row struct {
		Amount float64      `form:"金额,type=MoneyField"`
		Tags   []string     `form:"标签,required"`
		Who    form.Contact `form:"人"`
	}
	for name, test := range map[string]struct {
		v    any
		want []string
	}{
		"required": {struct {
			A string         `form:"a,required"`
			B *int           `form:"b,required"`
			C []string       `form:"c,required"`
			D time.Time      `form:"d,required"`
			E form.DateRange `form:"e,and=f,required"`
			F writes         `form:"g,required"`
			G int            `form:"h,required"`
		}{}, []string{
			"A (a, TextField) is required", "B (b, NumberField) is required", "C (c, DDMultiSelectField) is required", "D (d, DDDateField) is required",
			"E (e/f, DDDateRangeField) is required", "F (g, TextField) is required",
		}},
		"cells": {struct {
			Lines []*row `form:"明细"`
		}{[]*row{{Tags: []string{"a"}}, {math.NaN(), nil, form.Contact{Name: "小钉"}}}}, []string{
			"Lines[1].Amount (明细[1].金额, MoneyField) must be a number, not NaN",
			"Lines[1].Tags (明细[1].标签, DDMultiSelectField) is required",
			"Lines[1].Who (明细[1].人, InnerContactField) has no UserID in item 0",
		}},
		"nil row": {struct {
			Lines []*row `form:"明细"`
		}{[]*row{nil}}, []string{"Lines (明细, TableField) has a nil pointer for row 0"}},
		"infinite": {struct {
			A float32       `form:"a"`
			B form.Location `form:"b"`
		}{float32(math.Inf(-1)), form.Location{Time: day, Latitude: math.Inf(1)}}, []string{
			"A (a, NumberField) must be a number, not -Inf", "B (b, TimeAndLocationField) must have numbers, not +Inf",
		}},
		"half a date range": {struct {
			A form.DateRange `form:"a"`
			B form.DateRange `form:"b"`
			C form.DateRange `form:"c"`
		}{form.DateRange{Start: day}, form.DateRange{End: day}, form.DateRange{Start: day, End: day.Add(-1)}}, []string{
			"A (a, DDDateRangeField) has no End: a date range needs both ends",
			"B (b, DDDateRangeField) has no Start: a date range needs both ends",
			"C (c, DDDateRangeField) has an End before its Start",
		}},
		"years": {struct {
			A time.Time      `form:"a"`
			B form.DateRange `form:"b"`
			C form.DateRange `form:"c"`
			D form.Location  `form:"d"`
		}{at(12026, 1, 1, 0, 0, 0), form.DateRange{Start: at(-2, 1, 1, 0, 0, 0), End: day}, form.DateRange{Start: day, End: at(12026, 1, 1, 0, 0, 0)}, form.Location{Time: at(12026, 1, 1, 0, 0, 0)}}, []string{
			"A (a, DDDateField) must be a time between the years 0 and 9999, not in 12026", "B (b, DDDateRangeField) must be a time between",
			"C (c, DDDateRangeField) must be a time between", "D (d, TimeAndLocationField) must be a time between",
		}},
		"text": {struct {
			A string            `form:"a"`
			B []string          `form:"b"`
			C []string          `form:"c"`
			D writes            `form:"d"`
			E stubborn          `form:"e"`
			F form.Address      `form:"f"`
			G form.Location     `form:"g"`
			H []form.Attachment `form:"h"`
			I form.Photo        `form:"i"`
			J writes            `form:"j,type=NumberField"`
		}{
			"\xff",
			[]string{"\xff"},
			[]string{"x", ""},
			writes{"\xff"},
			stubborn{},
			form.Address{Province: "\xff", City: "a"},
			form.Location{Time: day, Address: "\xff"},
			[]form.Attachment{{SpaceID: "1", FileID: "2", FileName: "\xe5\xad", FileType: "\x97"}},
			"\xff",
			writes{"many"},
		}, []string{
			"A (a, TextField) must be valid UTF-8", "B (b, DDMultiSelectField) must be valid UTF-8", "C (c, DDMultiSelectField) has no text in item 1",
			"D (d, TextField) must be valid UTF-8", "E (e, TextField) cannot be written: no way", "F (f, AddressField) must be valid UTF-8",
			"G (g, TimeAndLocationField) must be valid UTF-8", "H (h, DDAttachment) must be valid UTF-8", "I (i, DDPhotoField) must be valid UTF-8",
			`J (j, NumberField) must be a number, not "many"`,
		}},
		"incomplete": {struct {
			A []form.Attachment `form:"a"`
			B []form.Attachment `form:"b"`
			C []form.Contact    `form:"c"`
			D form.Department   `form:"d"`
			E []form.Related    `form:"e"`
			F form.Address      `form:"f"`
			G form.Address      `form:"g"`
			H form.Address      `form:"h"`
			I form.Location     `form:"i"`
			J []form.Photo      `form:"j"`
		}{
			[]form.Attachment{{FileID: "2"}},
			[]form.Attachment{{SpaceID: "2"}},
			[]form.Contact{{}},
			form.Department{Name: "行政部"},
			[]form.Related{{}},
			form.Address{Province: "北京"},
			form.Address{Province: "北京", District: "东城区"},
			form.Address{Province: "北京,北京市", City: "东城区"},
			form.Location{Address: "x"},
			[]form.Photo{""},
		}, []string{
			"A (a, DDAttachment) has no SpaceID in item 0", "B (b, DDAttachment) has no FileID in item 0", "C (c, InnerContactField) has no UserID in item 0",
			"D (d, DepartmentField) has no ID in item 0", "E (e, RelateField) has no InstanceID in item 0", "F (f, AddressField) needs Province and City",
			"G (g, AddressField) has a gap", `H (h, AddressField) has a comma in "北京,北京市"`, "I (i, TimeAndLocationField) has no Time",
			"J (j, DDPhotoField) has no address in item 0",
		}},
		"too much": {struct {
			A string         `form:"a"`
			B writes         `form:"b"`
			C []form.Photo   `form:"c"`
			D []form.Related `form:"d"`
			E string         `form:"e"`
		}{strings.Repeat("字", 65536), writes{strings.Repeat("x", 65536)}, make([]form.Photo, 10), make([]form.Related, 10), strings.Repeat("字", 65535)}, []string{
			"A (a, TextField) has 65536 characters, at most 65535 are allowed", "B (b, TextField) has 65536 characters, at most 65535 are allowed",
			"C (c, DDPhotoField) has 10 photos, at most 9 are allowed", "D (d, RelateField) has 10 approvals, at most 9 are allowed",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := form.Marshal(test.v)
			requireProblems(t, err, test.want)
		})
	}
}

func requireProblems(t *testing.T, err error, want []string) {
	t.Helper()
	var of *form.Error
	require.ErrorAs(t, err, &of)
	require.Len(t, of.Problems, len(want), "%v", err)
	for i := range want {
		require.Contains(t, of.Problems[i].String(), want[i])
	}
}

func TestBadCenterValues(t *testing.T) {
	t.Parallel()
	_, err := form.Marshal(struct {
		A form.Contact   `form:"a"`
		B []form.Related `form:"b"`
		C string         `form:"c,type=PhoneField"`
		D form.Location  `form:"d"`
		E []form.Contact `form:"e"`
		F form.Holiday   `form:"f"`
		G string         `form:"g,type=PhoneField"`
	}{
		A: form.Contact{UserID: "u"}, B: []form.Related{{InstanceID: "i"}}, C: "157", D: form.Location{Time: at(2026, 1, 1, 0, 0, 0)},
		E: []form.Contact{{UserID: strings.Repeat("u", 4096), Name: "n"}}, F: form.Holiday{Unit: "day"},
	}, form.ForCenter())
	requireProblems(t, err, []string{
		"A (a, InnerContactField) has no Name, which the process center needs, in item 0",
		"B (b, RelateField) has no Title, which the process center needs, in item 0",
		"C (c, PhoneField) does not exist on forms of the process center",
		"D (d, TimeAndLocationField) does not exist on forms of the process center",
		"E (e, InnerContactField) has an extValue of 8230 characters, at most 8192 are allowed",
		"F (f, DDHolidayField) does not exist on forms of the process center",
	})
}
