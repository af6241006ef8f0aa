package formgen_test

import (
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/internal/formgen"
	"github.com/dingoa/dingoa/internal/formgen/golden"
)

func everyComponent(t *testing.T) *form.Schema {
	t.Helper()
	data, err := os.ReadFile("testdata/every.json")
	require.NoError(t, err)
	schema, err := form.ParseSchema(data)
	require.NoError(t, err)
	return schema
}

// To renew what is wanted: go generate ./internal/formgen/golden.
func TestGolden(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("golden/every_component_gen.go")
	require.NoError(t, err)
	for range 3 { // it is always the same
		got, err := formgen.Generate(everyComponent(t), formgen.Config{Package: "golden", Type: "EveryComponent"})
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

// filledIn has a value wherever a call may set one.
func filledIn() golden.EveryComponent {
	china := time.FixedZone("", 8*60*60)
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, china)
	amount := form.NewDecimal(1050, 2)
	return golden.EveryComponent{
		PoBianHao:         "PO-1",
		ShenQingShiYou:    "出差\n两天",
		ShuLiang:          &amount,
		JinEYuan:          form.NewDecimal(10, 2),
		QingJiaLeiXing:    golden.EveryComponentQingJiaLeiXingBingJiaDaiXin,
		ChaoSongFangShi:   []golden.EveryComponentChaoSongFangShi{golden.EveryComponentChaoSongFangShiSms, golden.EveryComponentChaoSongFangShiYouJian},
		RuZhiRiQi:         day,
		HuiYiShiJian:      day.Add(9*time.Hour + 30*time.Minute),
		KaiShiShiJian:     form.DateRange{Start: day.Add(9 * time.Hour), End: day.Add(18 * time.Hour)},
		ShouJiHao:         "13800000000",
		XianChangZhaoPian: []form.Photo{"https://example.com/1.png"},
		FeiYongMingXi: []golden.EveryComponentFeiYongMingXi{
			{XiangMu: "车票", LeiBie: golden.EveryComponentFeiYongMingXiLeiBieJiaoTong, JinE: form.NewDecimal(5, 1), RiQi: day},
			{XiangMu: "房费"},
		},
		FuJian:                      []form.Attachment{{SpaceID: "1", FileID: "2", FileName: "a.pdf", FileSize: 3, FileType: "pdf"}},
		JiaoJieRen:                  form.Contact{UserID: "lisi"},
		ZhiHuiRen:                   []form.Contact{{UserID: "lisi"}, {UserID: "wangwu"}},
		SuoShuBuMen:                 form.Department{ID: 1},
		XieBanBuMen:                 []form.Department{{ID: 2}, {ID: 3}},
		GuanLianShenPiDan:           []form.Related{{InstanceID: "RgJJ1veyQl2Ax8rV1aBcDw04891748395993"}},
		JiaTingZhuZhi:               form.Address{Province: "北京", City: "北京市", District: "东城区"},
		ManYiDu:                     5,
		DangQianShiJian:             form.Location{Time: day, Longitude: 120.021195, Latitude: 30.281506, Address: "杭州", Accuracy: 100},
		HeJi:                        &amount,
		ShenFenZhengHao:             "11010519491231002X",
		JinEYuan2:                   "一角",
		BeiZhuKeXuan:                "无",
		Field3TianNeiDeUserIDHuoURL: "https://example.com",
		Field31:                     &amount,
	}
}

func TestGoldenIsAForm(t *testing.T) {
	t.Parallel()
	want := filledIn()
	values, err := form.Marshal(want)
	require.NoError(t, err)
	require.NoError(t, form.Check(everyComponent(t), values))
	require.NoError(t, form.Check(everyComponent(t), want))
	var got golden.EveryComponent
	require.NoError(t, form.Unmarshal(values, &got))
	again, err := form.Marshal(&got)
	require.NoError(t, err)
	require.Equal(t, values, again)

	_, err = form.Marshal(golden.EveryComponent{})
	require.ErrorContains(t, err, "PoBianHao")
	require.ErrorContains(t, err, "FeiYongMingXi")
	require.NotContains(t, err.Error(), "ShuLiang", "that is optional")
}

// A field of the golden form that the test leaves alone would not be tested.
func TestGoldenIsFilledIn(t *testing.T) {
	t.Parallel()
	v := reflect.ValueOf(filledIn())
	var empty []string
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			empty = append(empty, v.Type().Field(i).Name)
		}
	}
	require.Equal(t, []string{"GuanLianKeHu", "QingJiaKaiShi", "ShouXieQianMing"}, empty, "these are read only")
}

// What only people, suites and DingTalk fill in is read.
func TestGoldenReadsWhatNoCallSets(t *testing.T) {
	t.Parallel()
	values := []form.Value{
		{ID: "CalculateField-K022", Name: "合计", Value: "10.50"},
		{ID: "SignatureField-K026", Name: "手写签名", Value: "@media"},
		{ID: "FormRelateField-X900", Name: "关联客户", Value: "客户"}, // of another company
	}
	var got golden.EveryComponent
	require.NoError(t, form.Unmarshal(values, &got))
	require.Equal(t, "10.50", got.HeJi.String())
	require.Equal(t, "@media", got.ShouXieQianMing)
	require.Equal(t, "客户", got.GuanLianKeHu)
}
