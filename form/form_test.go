package form_test

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

type header struct {
	Title string `form:"标题"`
	When  struct {
		Day time.Time
	} `form:"-"`
}

type footer struct{ Note string }

type everything struct {
	header
	footer
	Renamed string       `form:"旧名,id=TextField_1"`
	Aliased int          `form:"数量,alias=count"`
	ByID    string       `form:",id=TextField_2"`
	ByAlias string       `form:",alias=note"`
	Comma   string       `form:"'甲,乙',required"`
	Quoted  string       `form:"丙,id='a,b'"`
	Missing *int         `form:"天数"`
	Given   *string      `form:"事由"`
	Zero    int          `form:"零,omitempty"`
	Addr    netip.Addr   `form:"地址,omitempty"`
	Big     *big.Int     `form:"大数,type=NumberField"`
	Price   form.Decimal `form:"单价,type=MoneyField,omitempty"`
	Ignored string
	private string
	Rest    form.Values `form:",rest"`
}

func TestTags(t *testing.T) {
	t.Parallel()
	reason := "回家看看"
	v := everything{
		header: header{Title: "t"}, footer: footer{"not on the form"},
		Renamed: "a", Aliased: 2, ByID: "b", ByAlias: "c", Comma: "d", Quoted: "e", Given: &reason,
		Addr: netip.MustParseAddr("192.0.2.1"), Big: big.NewInt(1 << 60), Ignored: "x", private: "y",
		Rest: form.Values{{Name: "其他", Value: "z"}},
	}
	values, err := form.Marshal(&v)
	require.NoError(t, err)
	require.Equal(t, []form.Value{
		{Name: "标题", Value: "t"},
		{Name: "旧名", ID: "TextField_1", Value: "a"},
		{Name: "数量", BizAlias: "count", Value: "2"},
		{Name: "TextField_2", ID: "TextField_2", Value: "b"},
		{Name: "note", BizAlias: "note", Value: "c"},
		{Name: "甲,乙", Value: "d"},
		{Name: "丙", ID: "a,b", Value: "e"},
		{Name: "事由", Value: "回家看看"},
		{Name: "地址", Value: "192.0.2.1"},
		{Name: "大数", Value: "1152921504606846976", ComponentType: "NumberField"},
		{Name: "其他", Value: "z"},
	}, values)

	var got everything
	require.NoError(t, form.Unmarshal(values, &got))
	v.footer, v.Ignored, v.private = footer{}, "", ""
	require.Equal(t, v, got)
}

func TestIDAndAliasWinOverTheLabel(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]form.Value{
		"renamed":                 {{ID: "TextField_1", Name: "新名", Value: "right"}, {BizAlias: "count", Name: "x", Value: "7"}},
		"label of another before": {{ID: "TextField_9", Name: "旧名", Value: "wrong"}, {Name: "数量", Value: "9"}, {ID: "TextField_1", Name: "新名", Value: "right"}, {BizAlias: "count", Value: "7"}},
		"label of another behind": {{ID: "TextField_1", Name: "新名", Value: "right"}, {BizAlias: "count", Value: "7"}, {ID: "TextField_9", Name: "旧名", Value: "wrong"}, {Name: "数量", Value: "9"}},
		"label alone":             {{Name: "旧名", Value: "right"}, {Name: "数量", Value: "7"}},
	} {
		var got everything
		require.NoError(t, form.Unmarshal(values, &got), name)
		require.Equal(t, "right", got.Renamed, name)
		require.Equal(t, 7, got.Aliased, name)
		require.Len(t, got.Rest, len(values)-2, name)
	}
}

func TestWhatTheFormLacksStaysAsItIs(t *testing.T) {
	t.Parallel()
	days := 3
	got := everything{ByID: "stays", Missing: &days, Aliased: 2, Rest: form.Values{{Name: "old"}}}
	require.NoError(t, form.Unmarshal([]form.Value{{Name: "天数"}, {Name: "数量"}, {Name: "标题", Value: "t"}}, &got))
	require.Equal(t, everything{header: header{Title: "t"}, ByID: "stays"}, got)
}

func TestStrict(t *testing.T) {
	t.Parallel()
	type row struct {
		A string `form:"a"`
	}
	type target struct {
		A     string `form:"a"`
		Lines []row  `form:"明细"`
	}
	values := []form.Value{
		{Name: "b", Value: "1", ComponentType: "TextField"},
		{Name: "a", Value: "x"},
		{Name: "c"},
		{Name: "明细", Value: `[{"a":"1","d":"2"},{"a":"1","d":"2"}]`},
	}
	var got target
	require.NoError(t, form.Unmarshal(values, &got))
	err := form.Unmarshal(values, &got, form.Strict())
	requireProblems(t, err, []string{
		"b (TextField) is on the form, but no field stands for it", "c is on the form, but no field stands for it",
		"Lines[0] (明细[0].d) is on the form, but no field stands for it",
	})
	require.Equal(t, target{"x", []row{{"1"}, {"1"}}}, got, "what could be read")

	err = form.Unmarshal([]form.Value{{Name: "a", ID: "1"}, {Name: "b"}}, &struct {
		A    string       `form:"a"`
		Rest []form.Value `form:",rest"`
	}{}, form.Strict())
	require.NoError(t, err, "the rest has its place")
}

func TestTableRowsKeepTheRest(t *testing.T) {
	t.Parallel()
	type row struct {
		A    string      `form:"a,id=T1"`
		N    *int        `form:"n"`
		Rest form.Values `form:",rest"`
	}
	type target struct {
		Lines []*row `form:"明细"`
	}
	n := 1
	v := target{[]*row{{A: "x", N: &n, Rest: form.Values{{Name: "b", Value: "\x01\"\\/\r\t<", ExtValue: "e"}, {ID: "c"}}}, {}, {Rest: form.Values{{Name: "d", BizAlias: "e"}}}}}
	values, err := form.Marshal(v)
	require.NoError(t, err)
	require.Equal(t, `[[{"id":"T1","name":"a","value":"x"},{"name":"n","value":"1"},{"name":"b","value":"\u0001\"\\/\r\t<","extValue":"e"},{"id":"c","value":""}],[],[{"bizAlias":"e","name":"d","value":""}]]`, values[0].Value)
	var got target
	require.NoError(t, form.Unmarshal(values, &got))
	require.Equal(t, v, got)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	refuse := func() form.Option { return nil }
	_, err := form.Marshal(pointed{}, refuse())
	require.EqualError(t, err, "form: an option is nil")
	require.EqualError(t, form.Unmarshal(nil, &pointed{}, nil), "form: an option is nil")
	_, err = form.FromMap(map[string]any{"a": 1}, nil)
	require.EqualError(t, err, "form: an option is nil")
	_, err = form.FromMap(map[string]any{"a": []map[string]any{{"b": 1}}}, nil)
	require.EqualError(t, err, "form: an option is nil")
}

func TestPlansAreMadeAtOnceFromManyGoroutines(t *testing.T) {
	t.Parallel()
	type fresh struct {
		Lines []sampleRow `form:"表格"`
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			values, err := form.Marshal(fresh{[]sampleRow{{"x", 1}}})
			if err == nil {
				err = form.Unmarshal(values, &fresh{})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestWrittenValuesDoNotShareTheWritersMemory(t *testing.T) {
	t.Parallel()
	first, err := form.Marshal(sampleRow{Number: 12345})
	require.NoError(t, err)
	_, err = form.Marshal(sampleRow{Number: 67890})
	require.NoError(t, err)
	require.Equal(t, "12345", first[0].Value)
}

func TestAttachmentSpellings(t *testing.T) {
	t.Parallel()
	var a form.Attachment
	require.NoError(t, json.Unmarshal([]byte(`{"space_id":1,"file_id":"2","file_name":"n","file_size":"3","file_type":"pdf"}`), &a))
	require.Equal(t, form.Attachment{SpaceID: "1", FileID: "2", FileName: "n", FileSize: 3, FileType: "pdf"}, a)
	require.Error(t, json.Unmarshal([]byte(`{"fileSize":"big"}`), &a))
}

func TestProblemText(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]form.Problem{
		"A (a, TextField) is required":       {Field: "A", Label: "a", Type: "TextField", Message: "is required"},
		"A is required":                      {Field: "A", Message: "is required"},
		"a (TextField) is required":          {Label: "a", Type: "TextField", Message: "is required"},
		"明细[2].金额 is required":               {Label: "明细[2].金额", Message: "is required"},
		"cannot write a nil *main.X pointer": {Message: "cannot write a nil *main.X pointer"},
	} {
		require.Equal(t, want, p.String())
	}
	require.EqualError(t, &form.Error{Problems: []form.Problem{{Label: "a", Message: "x"}, {Label: "b", Message: "y"}}}, "form: a x; b y")
}

// A rating has at least one star, so that 0 is no rating.
func TestNoStarsAreNoRating(t *testing.T) {
	t.Parallel()
	type rated struct {
		Stars int `form:"评分,type=StarRatingField"`
		Count int `form:"数量"`
	}
	values, err := form.Marshal(rated{})
	require.NoError(t, err)
	require.Equal(t, []form.Value{{Name: "数量", Value: "0"}}, values)
}

// Forms may have two components with one label; their ids tell them apart.
func TestOneLabelWithTwoIDs(t *testing.T) {
	t.Parallel()
	type twins struct {
		First  string `form:"名称,id=T1"`
		Second string `form:"名称,id=T2"`
	}
	values, err := form.Marshal(twins{"a", "b"})
	require.NoError(t, err)
	require.Equal(t, []form.Value{{ID: "T1", Name: "名称", Value: "a"}, {ID: "T2", Name: "名称", Value: "b"}}, values)
	var read twins
	require.NoError(t, form.Unmarshal([]form.Value{values[1], values[0]}, &read))
	require.Equal(t, twins{"a", "b"}, read)
}
