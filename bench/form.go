package bench

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/dingoa/dingoa/form"
)

// purchaseForm is a form of 20 components.
type purchaseForm struct {
	Title     string            `form:"标题"`
	Reason    string            `form:"采购事由,type=TextareaField"`
	Kind      string            `form:"采购类型,type=DDSelectField"`
	Supplier  string            `form:"供应商"`
	Contract  string            `form:"合同编号"`
	Phone     string            `form:"联系电话,type=PhoneField"`
	Account   string            `form:"收款账号"`
	Note      string            `form:"备注"`
	Count     int               `form:"数量"`
	Months    int64             `form:"质保月数"`
	Urgency   int               `form:"紧急程度,type=StarRatingField"`
	Amount    form.Decimal      `form:"金额,type=MoneyField"`
	Tax       form.Decimal      `form:"税额,type=MoneyField"`
	Delivery  time.Time         `form:"交付日期"`
	Payment   time.Time         `form:"付款时间,minute"`
	Trial     form.DateRange    `form:"试用开始,and=试用结束"`
	Tags      []string          `form:"标签"`
	Buyers    []form.Contact    `form:"采购人"`
	Place     form.Address      `form:"收货地"`
	Documents []form.Attachment `form:"附件"`
}

// plainForm is the same for encoding/json: text for decimals, and names instead
// of types of package form.
type plainForm struct {
	Title     string            `json:"title"`
	Reason    string            `json:"reason"`
	Kind      string            `json:"kind"`
	Supplier  string            `json:"supplier"`
	Contract  string            `json:"contract"`
	Phone     string            `json:"phone"`
	Account   string            `json:"account"`
	Note      string            `json:"note"`
	Count     int               `json:"count"`
	Months    int64             `json:"months"`
	Urgency   int               `json:"urgency"`
	Amount    string            `json:"amount"`
	Tax       string            `json:"tax"`
	Delivery  time.Time         `json:"delivery"`
	Payment   time.Time         `json:"payment"`
	Trial     []time.Time       `json:"trial"`
	Tags      []string          `json:"tags"`
	Buyers    []string          `json:"buyers"`
	Place     []string          `json:"place"`
	Documents []plainAttachment `json:"documents"`
}

type plainAttachment struct {
	SpaceID  string `json:"spaceId"`
	FileName string `json:"fileName"`
	FileSize int64  `json:"fileSize"`
	FileType string `json:"fileType"`
	FileID   string `json:"fileId"`
}

// tableForm is a form with a table of 100 rows.
type tableForm struct {
	Lines []tableLine `form:"明细"`
}

type tableLine struct {
	Item     string       `form:"物品名称"`
	Model    string       `form:"规格"`
	Count    int          `form:"数量"`
	Price    form.Decimal `form:"单价,type=MoneyField"`
	Delivery time.Time    `form:"交付日期"`
}

type plainTable struct {
	Lines []plainLine `json:"lines"`
}

type plainLine struct {
	Item     string    `json:"item"`
	Model    string    `json:"model"`
	Count    int       `json:"count"`
	Price    string    `json:"price"`
	Delivery time.Time `json:"delivery"`
}

func chinaDay(day int) time.Time {
	return time.Date(2026, 12, day, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))
}

func purchase() (purchaseForm, plainForm) {
	f := purchaseForm{
		Title: "新办公区采购", Reason: "新办公区十一月扩容, 需要一批桌椅与显示器\n请在工作日送货。", Kind: "办公用品",
		Supplier: "杭州某某家具有限公司", Contract: "HT-2026-0001", Phone: "+86-15700004545", Account: "6222000012345678901", Note: "无",
		Count: 60, Months: 24, Urgency: 4, Amount: form.NewDecimal(7794000, 2), Tax: form.NewDecimal(1013220, 2),
		Delivery: chinaDay(10), Payment: chinaDay(20).Add(9*time.Hour + 30*time.Minute), Trial: form.DateRange{Start: chinaDay(11), End: chinaDay(18)},
		Tags: []string{"家具", "显示器", "年度预算"}, Buyers: []form.Contact{{UserID: "manager432"}, {UserID: "user123"}},
		Place:     form.Address{Province: "北京", City: "北京市", District: "东城区"},
		Documents: []form.Attachment{{SpaceID: "163", FileName: "报价单.pdf", FileSize: 72891, FileType: "pdf", FileID: "181100559"}},
	}
	a := f.Documents[0]
	return f, plainForm{
		Title: f.Title, Reason: f.Reason, Kind: f.Kind, Supplier: f.Supplier, Contract: f.Contract, Phone: f.Phone, Account: f.Account, Note: f.Note,
		Count: f.Count, Months: f.Months, Urgency: f.Urgency, Amount: f.Amount.String(), Tax: f.Tax.String(),
		Delivery: f.Delivery, Payment: f.Payment, Trial: []time.Time{f.Trial.Start, f.Trial.End}, Tags: f.Tags,
		Buyers: []string{f.Buyers[0].UserID, f.Buyers[1].UserID}, Place: []string{f.Place.Province, f.Place.City, f.Place.District},
		Documents: []plainAttachment{{a.SpaceID, a.FileName, a.FileSize, a.FileType, a.FileID}},
	}
}

func table() (tableForm, plainTable) {
	var f tableForm
	var p plainTable
	for i := range 100 {
		line := tableLine{
			Item: fmt.Sprintf("人体工学办公椅 %d 型", i), Model: "黑色 / 可调节扶手", Count: 10 + i,
			Price: form.NewDecimal(129900+int64(i), 2), Delivery: chinaDay(1 + i%28),
		}
		f.Lines = append(f.Lines, line)
		p.Lines = append(p.Lines, plainLine{line.Item, line.Model, line.Count, line.Price.String(), line.Delivery})
	}
	return f, p
}

// formPairs measure package form beside encoding/json on the same data.
func formPairs() []Pair {
	purchase, plainPurchase := purchase()
	table, plainTable := table()
	goal := timeAtMost(1.5)
	return []Pair{
		writePair("FormMarshal20Fields", &purchase, &plainPurchase, goal),
		readPair("FormUnmarshal20Fields", &purchase, &plainPurchase, goal),
		writePair("FormMarshal100Rows", &table, &plainTable, goal),
		readPair("FormUnmarshal100Rows", &table, &plainTable, goal),
	}
}

func writePair(name string, v, plain any, goals ...Goal) Pair {
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := form.Marshal(v); err != nil {
					b.Fatal(err)
				}
			}
		},
		Raw: func(b *testing.B) {
			b.Helper()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := json.Marshal(plain); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
}

func readPair[F, P any](name string, v *F, plain *P, goals ...Goal) Pair {
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			values, err := form.Marshal(v)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := form.Unmarshal(values, new(F)); err != nil {
					b.Fatal(err)
				}
			}
		},
		Raw: func(b *testing.B) {
			b.Helper()
			data, err := json.Marshal(plain)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := json.Unmarshal(data, new(P)); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
}
