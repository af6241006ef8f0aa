package wire_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/wire"
)

type options struct {
	ID       string             `json:"processCode"`
	Status   string             `json:"status" wire:"task_status state"`
	Count    int64              `json:"count"`
	Small    int8               `json:"small"`
	Size     uint               `json:"size,string"`
	Share    float64            `json:"share"`
	On       bool               `json:"isNew"`
	Sure     *bool              `json:"sure"`
	Total    *int               `json:"total"`
	At       time.Time          `json:"gmtModified"`
	Names    []string           `json:"names"`
	Numbers  []int              `json:"numbers"`
	Children []options          `json:"children"`
	Child    *options           `json:"child"`
	Inner    struct{ X int }    `json:"inner"`
	Labels   map[string]string  `json:"labels"`
	Any      any                `json:"any"`
	Raw      json.RawMessage    `json:"raw"`
	Value    string             `json:"value" wire:",json"`
	Custom   upper              `json:"custom"`
	Twice    string             `json:"twice,string"`
	Bytes    []byte             `json:"bytes"`
	Array    [2]int             `json:"array"`
	ByNumber map[int]string     `json:"byNumber"`
	Named    map[upperKey]int64 `json:"named"`
	Unread   []noted            `json:"-"`
}

type noted struct{ Field, Want, Found string }

type upperKey string

type upper string

func (u *upper) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*u = upper(strings.ToUpper(s))
	return nil
}

func TestUnmarshal(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.FixedZone("", 8*60*60)).UTC()
	yes, no, three := true, false, 3
	for in, want := range map[string]options{
		`{"processCode":"P","count":1,"isNew":true,"else":[{"a":"]"}]}`:                                                                  {ID: "P", Count: 1, On: true},
		`{"processCode":9007199254740993,"count":"9007199254740993","share":"0.5","small":"1"}`:                                          {ID: "9007199254740993", Count: 9007199254740993, Share: 0.5, Small: 1},
		`{"count":"","share":"","children":"","child":"","labels":"","isNew":"","gmtModified":"","total":"","inner":"","names":""}`:      {},
		`{"count":null,"children":null,"child":null,"labels":null,"isNew":null,"gmtModified":null,"total":null,"inner":null,"any":null}`: {},
		`{"isNew":"true"}`:                   {On: true},
		`{"isNew":"Y"}`:                      {On: true},
		`{"isNew":1}`:                        {On: true},
		`{"isNew":"0"}`:                      {},
		`{"sure":"N"}`:                       {Sure: &no},
		`{"sure":1,"total":"3"}`:             {Sure: &yes, Total: &three},
		`{"processCode":true}`:               {ID: "true"},
		`{"count":1.6e12,"size":12}`:         {Count: 1_600_000_000_000, Size: 12},
		`{"count":" 7 ","size":"12"}`:        {Count: 7, Size: 12},
		`{"gmtModified":"2026-11-23"}`:       {At: day},
		`{"gmtModified":1795363200000}`:      {At: day},
		`{"gmtModified":1.7953632e12}`:       {At: day},
		`{"names":"[\"a\",1]"}`:              {Names: []string{"a", "1"}},
		`{"names":" a, b,","numbers":"1,2"}`: {Names: []string{"a", "b"}, Numbers: []int{1, 2}},
		`{"names":"a","numbers":7}`:          {Names: []string{"a"}, Numbers: []int{7}},
		`{"names":[]}`:                       {Names: []string{}},
		`{"children":{"count":"2"}}`:         {Children: []options{{Count: 2}}},
		`{"children":"[{\"count\":2}]"}`:     {Children: []options{{Count: 2}}},
		`{"children":[{"children":[{"children":[{"count":1},{"count":2}]},{"count":3}]},{"count":4}]}`: {Children: []options{
			{Children: []options{{Children: []options{{Count: 1}, {Count: 2}}}, {Count: 3}}}, {Count: 4},
		}},
		`{"child":"{\"count\":\"3\"}","inner":"{\"x\":2}"}`:             {Child: &options{Count: 3}, Inner: struct{ X int }{2}},
		`{"child":"\"{\\\"count\\\":4}\""}`:                             {Child: &options{Count: 4}},
		`{"labels":{"a":1,"process_code":"x"}}`:                         {Labels: map[string]string{"a": "1", "process_code": "x"}},
		`{"labels":"{\"a\":1}","named":{"k":"5"}}`:                      {Labels: map[string]string{"a": "1"}, Named: map[upperKey]int64{"k": 5}},
		`{"process_code":"P","is_new":"1","GMT_MODIFIED":"2026-11-23"}`: {ID: "P", On: true, At: day},
		`{"any":{"process_code":"1","n":1}}`:                            {Any: map[string]any{"process_code": "1", "n": 1.0}},
		`{"raw": [1, {"a":2}] }`:                                        {Raw: json.RawMessage(`[1, {"a":2}]`)},
		`{"value":[{"a": 1}, 2]}`:                                       {Value: `[{"a":1},2]`},
		`{"value":3}`:                                                   {Value: "3"},
		`{"value":{"a":"<"}}`:                                           {Value: `{"a":"<"}`},
		`{"processCode":["a", "b"]}`:                                    {ID: `["a","b"]`},
		`{"processCode":{"key":"k", "value":"v"}}`:                      {ID: `{"key":"k","value":"v"}`},
		`{"custom":"abc","twice":"\"x\""}`:                              {Custom: "ABC", Twice: "x"},
		`{"bytes":"AQI=","array":[1,2],"byNumber":{"1":"a"}}`:           {Bytes: []byte{1, 2}, Array: [2]int{1, 2}, ByNumber: map[int]string{1: "a"}},
		`{"processCode":"\u5ba1\ud83d\ude00\n\/\"\\"}`:                  {ID: "审😀\n/\"\\"},

		// which of several names
		`{"process_code":"b","processCode":"a"}`:      {ID: "a"},
		`{"processCode":"a","process_code":"b"}`:      {ID: "a"},
		`{"processCode":"","process_code":"b"}`:       {ID: "b"},
		`{"process_code":"b","processCode":""}`:       {ID: "b"},
		`{"process_code":"b","processCode":null}`:     {ID: "b"},
		`{"state":"c","taskStatus":"b","status":"a"}`: {Status: "b2a"[2:]},
		`{"task_status":"b"}`:                         {Status: "b"},
		`{"TaskStatus":"b","STATUS":"a"}`:             {Status: "a"},
		`{"status":"a","task_status":"b"}`:            {Status: "a"},
		`{"children":[{"count":1}],"children":[{}]}`:  {Children: []options{{}}},
	} {
		var got options
		decoded, err := wire.Unmarshal([]byte(in), &got, nil)
		require.NoError(t, err, in)
		require.Empty(t, decoded.Unread, in)
		require.Equal(t, want, got, in)
	}
}

func TestUnmarshalReportsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]noted{
		`{"processCode":{"a":"secret"}}`: {"processCode", "text", "an object"},
		`{"processCode":["secret"]}`:     {"processCode", "text", "a list"},
		`{"count":"secret"}`:             {"count", "a whole number", "text"},
		`{"count":"0x10"}`:               {"count", "a whole number", "text"},
		`{"count":1.5}`:                  {"count", "a whole number", "a number"},
		`{"count":1e30}`:                 {"count", "a whole number", "a number"},
		`{"count":true}`:                 {"count", "a whole number", "a boolean"},
		`{"small":300}`:                  {"small", "a whole number", "a number"},
		`{"size":-1}`:                    {"size", "a whole number", "a number"},
		`{"share":"NaN"}`:                {"share", "a number", "text"},
		`{"isNew":"perhaps"}`:            {"isNew", "true or false", "text"},
		`{"isNew":2}`:                    {"isNew", "true or false", "a number"},
		`{"gmtModified":"soon"}`:         {"gmtModified", "a time", "text"},
		`{"gmtModified":true}`:           {"gmtModified", "a time", "a boolean"},
		`{"gmtModified":{}}`:             {"gmtModified", "a time", "an object"},
		`{"child":"secret"}`:             {"child", "an object", "text"},
		`{"child":"{\"count\":"}`:        {"child", "an object", "text"},
		`{"inner":[]}`:                   {"inner", "an object", "a list"},
		`{"inner":{"x":[]}}`:             {"inner.X", "a whole number", "a list"},
		`{"children":5}`:                 {"children", "a list", "a number"},
		`{"numbers":"1,x"}`:              {"numbers", "a list", "text"},
		`{"numbers":[1,"x",2]}`:          {"numbers[1]", "a whole number", "text"},
		`{"labels":{"secret":{}}}`:       {"labels.*", "text", "an object"},
		`{"custom":5}`:                   {"custom", "a wire_test.upper", "a number"},
		`{"any":1,"bytes":"?"}`:          {"bytes", "a []uint8", "text"},
		`{"labels":7}`:                   {"labels", "an object", "a number"},
	} {
		var got options
		in = strings.TrimSuffix(in, "}") + `,"status":"kept"}`
		decoded, err := wire.Unmarshal([]byte(in), &got, nil)
		require.NoError(t, err, in)
		require.Empty(t, decoded.Refused)
		require.Equal(t, []wire.FieldError{wire.FieldError(want)}, decoded.Unread, in)
		require.Equal(t, []noted{want}, got.Unread, in)
		require.Equal(t, "kept", got.Status)
		require.NotContains(t, decoded.Unread[0].Error(), "secret")
	}
}

// What is bad goes to the nearest struct that takes it.
func TestUnmarshalTakesErrorsWhereTheyBelong(t *testing.T) {
	t.Parallel()
	var got struct {
		List []options `json:"list"`
		More int       `json:"more"`
	}
	decoded, err := wire.Unmarshal([]byte(`{"list":[{"count":"x","inner":{"x":"y"}},5,{"children":[{},{"count":"z"}],"count":"7"}],"more":"m"}`), &got, nil)
	require.NoError(t, err)
	require.Len(t, got.List, 2)
	require.Equal(t, []noted{{"count", "a whole number", "text"}, {"inner.X", "a whole number", "text"}}, got.List[0].Unread)
	require.Equal(t, []noted{{"count", "a whole number", "text"}}, got.List[1].Children[1].Unread)
	require.EqualValues(t, 7, got.List[1].Count)
	require.Equal(t, []wire.FieldError{{"list[1]", "an object", "a number"}, {"more", "a whole number", "text"}}, decoded.Refused)
	require.Len(t, decoded.Unread, 5)
	require.Equal(t, "list[2].children[1].count", decoded.Unread[3].Field)

	_, err = wire.Unmarshal([]byte(`{"list":[`+strings.Repeat(`0,`, 500)+`0]}`), &got, nil)
	require.NoError(t, err)
}

func TestUnmarshalRefusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, ` `, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a" 1}`, `[1,]`, `[1 2]`, `nul`, `tru`, `01`, `-`, `1.`, `1e`, `+1`, `"`, `"\"`,
		`"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "{\"count\":\"\x01\"}", `{}{}`, `{} x`, `<html>`, `{"else":[}]}`, `{"else":{]}`, `{"count":1]`, "\ufeff{}",
		strings.Repeat("[", 20_000), `{"children":` + strings.Repeat(`[`, 20_000),
	} {
		_, err := wire.Unmarshal([]byte(in), new(options), nil)
		require.Error(t, err, "%.60s", in)
	}
	_, err := wire.Unmarshal([]byte(`{}`), options{}, nil)
	require.Error(t, err)
	_, err = wire.Unmarshal([]byte(`{}`), (*options)(nil), nil)
	require.Error(t, err)
	_, err = wire.Unmarshal([]byte(`{}`), nil, nil)
	require.Error(t, err)
}

func TestUnmarshalDecodesTheStatusBeside(t *testing.T) {
	t.Parallel()
	type status struct {
		Code      string `json:"errcode"`
		RequestID string `json:"requestId"`
		Success   *bool  `json:"success"`
	}
	yes := true
	in := `{"errcode":40014,"request_id":"r","requestId":"r2","count":3,"success":"true","children":[{"errcode":5}],"else":1}`
	var got struct {
		Count    int       `json:"count"`
		Success  bool      `json:"success"`
		Children []options `json:"children"`
	}
	var s status
	decoded, err := wire.Unmarshal([]byte(in), &got, &s)
	require.NoError(t, err)
	require.Equal(t, status{"40014", "r2", &yes}, s)
	require.True(t, got.Success)
	require.Equal(t, 3, got.Count)
	require.Equal(t, []int{7, 3, 4}, []int{decoded.Members, decoded.Known, decoded.Beside})

	for _, out := range []any{new(json.RawMessage), new(any), new(map[string]any), new(map[string]json.RawMessage)} {
		s = status{}
		decoded, err = wire.Unmarshal([]byte(in), out, &s)
		require.NoError(t, err)
		require.Equal(t, status{"40014", "r2", &yes}, s, "%T", out)
		require.Equal(t, []int{7, 7, 4}, []int{decoded.Members, decoded.Known, decoded.Beside}, "%T", out)
	}
	s = status{}
	var list []options
	_, err = wire.Unmarshal([]byte(`[{"errcode":1}]`), &list, &s)
	require.NoError(t, err)
	require.Zero(t, s)
}

func TestUnmarshalEmbeds(t *testing.T) {
	t.Parallel()
	type base struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
		Both  int
	}
	type Other struct {
		Name string `json:"name"`
		Both int
	}
	type outer struct {
		base
		*Other
		Count string `json:"count"`
	}
	in := []byte(`{"id":"a","count":"5","name":"n","Both":3}`)
	var got outer
	_, err := wire.Unmarshal(in, &got, nil)
	require.NoError(t, err)
	var want outer
	require.NoError(t, json.Unmarshal(in, &want)) //nolint:musttag // a field without one is part of the test
	require.Equal(t, want, got)
	require.Equal(t, "5", got.Count)
}

func TestUnmarshalSharesMemoryOfEqualTexts(t *testing.T) {
	in := []byte(`{"names":["` + strings.Repeat(`EXECUTE_TASK_NORMAL","`, 100) + `"]}`)
	allocs := testing.AllocsPerRun(100, func() {
		var got struct {
			Names []string `json:"names"`
		}
		if _, err := wire.Unmarshal(in, &got, nil); err != nil || len(got.Names) != 101 {
			panic(err)
		}
	})
	require.Less(t, allocs, 50.0, "of 101 texts") // the race detector empties pools at random
}

// plainTypes is what encoding/json and Unmarshal have to agree on.
type plainTypes struct {
	Text     string                 `json:"text"`
	Int      int64                  `json:"int"`
	Small    int8                   `json:"small"`
	Uint     uint16                 `json:"uint"`
	Float    float64                `json:"float"`
	Float32  float32                `json:"float32"`
	Bool     bool                   `json:"bool"`
	Quoted   int                    `json:"quoted,string"`
	Pointer  *string                `json:"pointer"`
	List     []string               `json:"list"`
	Objects  []plainTypes           `json:"objects"`
	Object   *plainTypes            `json:"object"`
	Map      map[string]plainTypes  `json:"map"`
	Any      any                    `json:"any"`
	Raw      json.RawMessage        `json:"raw"`
	Pointers []*int                 `json:"pointers"`
	Deep     map[string][][]float64 `json:"deep"`
	Time     *time.Time             `json:"time"`
	Array    [2]bool                `json:"array"`
	NoTag    string
}

func FuzzUnmarshalAsEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`{"text":"a","int":-1,"small":127,"uint":0,"float":1.5e3,"float32":0.1,"bool":true,"quoted":"12","pointer":null,"list":["a",null],"NOTAG":"x"}`,
		`{"objects":[{"object":{"map":{"a":{},"b":{"text":"\ud83d\ude00\ud800\u0000"}}}},null],"any":[1,{"a":null}],"raw":{"a": 1},"pointers":[1,null],"deep":{"a":[[1],[]]}}`,
		`{"time":"2022-08-31T11:52:07.5+08:00","array":[true,false,true],"pointer":"p"}`, "{\"text\":\"\xff\xe5\"}", `null`, `[]`, `"a"`, `{"text":"","list":[]}`,
		`{"objects":"[{}]"}`, `{"int":1E2}`, `{"text":"\u00e9\b\f"}`, `{"TEXT":"a","\u0074ext":"b"}`, `{"quoted":"null"}`, `{"int":null,"bool":null,"object":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got plainTypes
		decoded, err := wire.Unmarshal(data, &got, nil)
		require.Equal(t, json.Valid(data), err == nil, "%v", err)
		for _, e := range decoded.Unread {
			require.NotEmpty(t, e.Want)
		}
		var want plainTypes
		if json.Unmarshal(data, &want) != nil || repeats(data) { //nolint:musttag // a field without one is part of the test
			return
		}
		require.Empty(t, decoded.Unread)
		require.Equal(t, normal(t, want), normal(t, got))
		require.Equal(t, want.List == nil, got.List == nil)

		var list []plainTypes
		_, err = wire.Unmarshal([]byte(`[`+string(data)+`,`+string(data)+`]`), &list, nil)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, normal(t, want), normal(t, list[1]))
	})
}

// normal makes equal times equal.
func normal(t *testing.T, v plainTypes) string {
	t.Helper()
	var b strings.Builder
	write(&b, reflect.ValueOf(v))
	return b.String()
}

func write(b *strings.Builder, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		b.WriteByte('&')
		write(b, v.Elem())
	case v.Type() == reflect.TypeFor[time.Time]():
		at, _ := reflect.TypeAssert[time.Time](v)
		b.WriteString(at.UTC().String())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			b.WriteString(v.Type().Field(i).Name + ":")
			write(b, v.Field(i))
			b.WriteByte(' ')
		}
	case v.Kind() == reflect.Slice && v.Type() != reflect.TypeFor[json.RawMessage]():
		fmt.Fprintf(b, "%v[", v.IsNil())
		for i := range v.Len() {
			write(b, v.Index(i))
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case v.Kind() == reflect.Map:
		fmt.Fprintf(b, "%v{", v.IsNil())
		fmt.Fprintf(b, "%d", v.Len())
		if v.Len() == 1 {
			write(b, v.MapIndex(v.MapKeys()[0]))
		}
		b.WriteByte('}')
	case v.Kind() == reflect.Interface:
		fmt.Fprintf(b, "%#v", v.Interface())
	default:
		fmt.Fprintf(b, "%#v", v)
	}
}

// repeats reports an object with two names that are alike: there encoding/json
// merges what Unmarshal replaces.
func repeats(data []byte) bool {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	var names []map[string]bool
	expectName := []bool{}
	for {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		switch token := token.(type) {
		case json.Delim:
			switch token {
			case '{':
				if n := len(expectName); n > 0 && names[n-1] != nil {
					expectName[n-1] = true
				}
				names, expectName = append(names, map[string]bool{}), append(expectName, true)
			case '[':
				if n := len(expectName); n > 0 && names[n-1] != nil {
					expectName[n-1] = true
				}
				names, expectName = append(names, nil), append(expectName, false)
			default:
				names, expectName = names[:len(names)-1], expectName[:len(expectName)-1]
			}
			continue
		case string:
			if n := len(names) - 1; n >= 0 && names[n] != nil && expectName[n] {
				name := strings.ToLower(strings.ReplaceAll(strings.NewReplacer("ſ", "s", "K", "k").Replace(token), "_", ""))
				if names[n][name] {
					return true
				}
				names[n][name] = true
				expectName[n] = false
				continue
			}
		}
		if n := len(expectName) - 1; n >= 0 && names[n] != nil {
			expectName[n] = true
		}
	}
}

// Numbers as text may have leading zeros, as encoding/json takes them.
func TestUnmarshalLeadingZeros(t *testing.T) {
	var got struct {
		Plain  int64   `json:"plain"`
		Minus  int64   `json:"minus"`
		Zero   int64   `json:"zero,string"`
		Amount float64 `json:"amount"`
		Broken int64   `json:"broken"`
	}
	decoded, err := wire.Unmarshal([]byte(`{"plain":"007","minus":"-07","zero":"00","amount":"00.5","broken":"0x7"}`), &got, nil)
	require.NoError(t, err)
	require.Equal(t, []int64{7, -7, 0}, []int64{got.Plain, got.Minus, got.Zero})
	require.InDelta(t, 0.5, got.Amount, 0)
	require.Len(t, decoded.Unread, 1)
	require.Equal(t, "broken", decoded.Unread[0].Field)
}
