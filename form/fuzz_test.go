package form_test

import (
	"encoding/hex"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// all has every Go type that can be read.
type all struct {
	Text     string            `form:"text"`
	Int      int               `form:"int"`
	Small    *int8             `form:"small"`
	Uint     uint              `form:"uint"`
	Float    float64           `form:"float"`
	Decimal  form.Decimal      `form:"decimal"`
	Day      time.Time         `form:"day"`
	Minute   *time.Time        `form:"'minute',minute"`
	Range    form.DateRange    `form:"start,and=end,minute"`
	Options  []string          `form:"options"`
	Photos   []form.Photo      `form:"photos"`
	Files    []form.Attachment `form:"files"`
	Contacts []form.Contact    `form:"contacts"`
	Contact  form.Contact      `form:"contact"`
	Depts    []form.Department `form:"depts"`
	Related  []form.Related    `form:"related"`
	Address  form.Address      `form:"address"`
	Location form.Location     `form:"time,and=place"`
	Holiday  form.Holiday      `form:"holiday"`
	Suite    form.Suite        `form:"suite"`
	Half     form.Date         `form:"half"`
	Lines    []allRow          `form:"table"`
	Rows     []form.Values     `form:"rows"`
	Writes   writes            `form:"writes,id=W1"`
	Rest     form.Values       `form:",rest"`
}

type allRow struct {
	Text     string            `form:"text"`
	Int      int64             `form:"int"`
	Decimal  *form.Decimal     `form:"decimal,type=MoneyField"`
	Minute   time.Time         `form:"'minute',minute"`
	Options  []string          `form:"options"`
	Files    []form.Attachment `form:"files"`
	Location form.Location     `form:"time,and=place"`
	Writes   writes            `form:"writes"`
	Total    uint8             `form:"total,type=CalculateField"`
}

// What the service sends is an error or is read; it never panics. What was read
// and can be written is read again as the same.
func FuzzUnmarshal(f *testing.F) {
	for _, g := range goldens() {
		for _, in := range append(g.reads, g.wire) {
			f.Add(in.Name, in.Value, in.ExtValue, in.ID)
		}
	}
	for _, name := range []string{"int", "float", "decimal", "day", "start", `["start","end"]`, "options", "files", "contacts", "depts", "related", "address", "time", "holiday", "suite", "half", "table", "rows", "writes", "["} {
		f.Add(name, `[[{"name":"int","value":1},{"label":"files","value":"[]"}],{"rowValue":[{"name":"decimal","value":"1e3"}]},{"text":"x","int":"2"}]`, `[{"name":"n","emplId":1}]`, "")
		f.Add(name, `["2026-12-01",1.5,"-3",null,true,{}]`, `{"list":[{"procInstId":"x"}],"durationInDay":1}`, "W1")
		f.Add(name, `12.50`, ``, ``)
	}
	files, err := filepath.Glob("testdata/wild/*.json")
	require.NoError(f, err)
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "schema-") {
			continue
		}
		for _, v := range wild(f, strings.TrimSuffix(filepath.Base(file), ".json")) {
			for _, name := range []string{"suite", "table", "contacts", "half"} {
				f.Add(name, v.Value, v.ExtValue, v.ID)
			}
		}
	}
	f.Fuzz(func(t *testing.T, name, value, ext, id string) {
		in := []form.Value{{Name: name, Value: value, ExtValue: ext, ID: id}}
		for i := range 3 { // the known labels, too, whatever the name is
			in = append(in, form.Value{Name: []string{"table", "contact", "holiday"}[i], Value: value, ExtValue: ext})
		}
		var got all
		if form.Unmarshal(in, &got, form.Strict()) != nil {
			return
		}
		_, _ = form.Values(in).Table(name)
		_, _ = form.Values(in).Totals(name)
		_, _ = form.Values(in).Suite("")
		_, _ = got.Suite.Start()
		_, _ = got.Suite.Finish()
		_, _ = got.Suite.Duration()
		_, _ = got.Suite.Unit(), got.Suite.Type()
		got.Holiday, got.Suite = form.Holiday{}, form.Suite{}
		written, err := form.Marshal(&got)
		if err != nil {
			return
		}
		var again all
		require.NoError(t, form.Unmarshal(written, &again), "%+v", written)
		rewritten, err := form.Marshal(&again)
		require.NoError(t, err)
		require.Equal(t, written, rewritten)
	})
}

// What Marshal writes, Unmarshal reads back equal.
func FuzzRoundTrip(f *testing.F) {
	f.Add("回家看看", "a,b\"\\\n", int64(-3), 1.5, int64(1796088600), uint8(0xff))
	f.Add("", "", int64(0), 0.0, int64(0), uint8(0))
	f.Add("\x00\u2028<&>", "null", int64(math.MaxInt64), math.MaxFloat64, int64(-60000000000), uint8(0x5a))
	f.Fuzz(func(t *testing.T, a, b string, n int64, x float64, seconds int64, bits uint8) {
		if len(a)+len(b) > 1000 || !utf8.ValidString(a) || !utf8.ValidString(b) || math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		if a == "null" || b == "null" {
			return // nobody filled it in
		}
		const last = 253402271999 // the end of the year 9999 in China
		at := time.Unix(seconds%last, 0).In(china())
		if at.Year() < 1 {
			return
		}
		v := roundTrip(a, b, n, x, at, bits)
		written, err := form.Marshal(v)
		require.NoError(t, err)
		var got all
		require.NoError(t, form.Unmarshal(written, &got, form.Strict()))
		require.Equal(t, v, got)

		center := all{Contacts: []form.Contact{{UserID: a + "u", Name: b + "n"}, {UserID: "2", Name: "3"}}, Related: []form.Related{{InstanceID: a + "i", Title: b + "t"}}}
		written, err = form.Marshal(center, form.ForCenter())
		if err != nil {
			require.ErrorContains(t, err, "8192")
			return
		}
		got = all{}
		require.NoError(t, form.Unmarshal(written, &got))
		require.Equal(t, center, got)
	})
}

// id is an id of a person or of an approval.
func id(text string) string { return "id-" + hex.EncodeToString([]byte(text+"0123456789")) }

// roundTrip is a value with each of its parts there or not, as bits say.
func roundTrip(a, b string, n int64, x float64, at time.Time, bits uint8) all {
	has := func(bit int) bool { return bits&(1<<bit) != 0 }
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, china())
	minute := at.Truncate(time.Minute)
	v := all{Text: a, Int: int(n), Uint: uint(n), Float: x, Decimal: form.NewDecimal(n, bits%20), Day: day, Writes: writes{b}}
	if has(0) {
		small := int8(n)
		v.Small, v.Minute = &small, &minute
		v.Range = form.DateRange{Start: minute, End: minute.Add(time.Hour)}
	}
	if v.Range.End.Year() > 9999 {
		v.Range = form.DateRange{}
	}
	place := form.Location{Time: at, Longitude: x, Latitude: float64(n), Address: b, Accuracy: -x}
	if has(1) {
		v.Options, v.Photos, v.Location = []string{a + "x", b + "y"}, []form.Photo{form.Photo(b + "z")}, place
	}
	files := []form.Attachment{{SpaceID: a + "s", FileID: b + "f", FileName: a, FileSize: n, FileType: b}}
	if has(2) {
		v.Files, v.Contacts, v.Contact = files, []form.Contact{{UserID: id(a)}}, form.Contact{UserID: id(b)}
		v.Depts, v.Related = []form.Department{{ID: n | 1}, {ID: -1}}, []form.Related{{InstanceID: id(a)}, {InstanceID: id(b)}}
	}
	if has(3) {
		v.Address = form.Address{Province: "省" + strings.ReplaceAll(a, ",", ""), City: "市", District: "区", Street: "街" + b}
	}
	for i := range 4 {
		row := allRow{Text: a, Int: n}
		if has(4) {
			d := form.NewDecimal(n, bits%5)
			row.Decimal, row.Minute = &d, minute
		}
		if has(5 + i%3) {
			row.Text, row.Options, row.Files, row.Location = b, []string{b + "x"}, files, place
			row.Writes, row.Total = writes{a}, bits
		}
		v.Lines = append(v.Lines, row)
	}
	if has(6) {
		v.Rows = []form.Values{{{Name: a + "x", Value: b}}, {{Name: a + "x", Value: "\\"}, {Name: "y", ID: "z"}}}
		v.Rest = form.Values{{Name: "其他" + a, Value: b}}
	}
	return v
}
