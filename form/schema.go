package form

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dingoa/dingoa/internal/wire"
)

// Schema is a form (审批表单) as far as it matters for filling it in: see [Check].
type Schema struct {
	// ProcessCode names the form in every call, Name is what people call it.
	ProcessCode string
	Name        string
	// Components are the form's in their order.
	Components []Component
}

// Component is one component (控件) of a form, one column of a table or one part of a
// suite (套件).
type Component struct {
	// Type is the vendor's name of the component, such as "TextField".
	Type string
	// ID names the component within the form; BizAlias is a name of your own.
	ID       string
	BizAlias string
	// Label is shown to people. Date ranges and places have two labels, of which
	// SecondLabel is the other one; [Component.Name] is both.
	Label       string
	SecondLabel string
	// Placeholder is the hint in the empty component.
	Placeholder string
	// Required makes people fill it in.
	Required bool
	// Hidden and Disabled keep people from seeing or changing it; an app may fill
	// it in. Conditional is for a component that the choice in another one shows
	// and hides (behaviorLinkage, 选项关联).
	Hidden      bool
	Disabled    bool
	Conditional bool
	// Options are the texts of the choices of a select component. OtherOption says
	// that one of them (key "other", 其他) stands for any text.
	Options     []string
	OtherOption bool
	// Format is a date's, "yyyy-MM-dd" or "yyyy-MM-dd HH:mm". Unit is that of a
	// number, or "天" and "小时" of a date.
	Format string
	Unit   string
	// Multiple says that several people or departments can be chosen. It is true
	// for departments unless the schema denies it.
	Multiple bool
	// MaxStars is the number of stars of a rating, 0 when the schema does not say.
	MaxStars int
	// AddressModel is the precision of an address: "city", "district" or "street".
	AddressModel string
	// BizType is the kind of a suite (DDBizSuite), such as "attendance.goout".
	BizType string
	// Children are the columns of a table (明细), or the components of a suite. Those
	// that the suite does not show are Hidden.
	Children []Component
}

// Name is the component's name in [Value.Name]: the label, or both labels as a
// JSON array.
func (c *Component) Name() string {
	if c.SecondLabel == "" {
		return c.Label
	}
	return string(appendTexts(nil, c.Label, c.SecondLabel))
}

// ParseSchema reads the JSON of a form as
// GET /v1.0/workflow/forms/schemas/processCodes answers it, with or without the
// result around it, or only the part with the items.
//
// https://open.dingtalk.com/document/development/obtain-the-form-schema
func ParseSchema(data []byte) (*Schema, error) {
	var s schemaJSON
	decoded, err := wire.Unmarshal(data, &s, nil)
	if err != nil {
		return nil, fmt.Errorf("form: the schema is not JSON: %w", err)
	}
	if len(decoded.Refused) > 0 {
		return nil, fmt.Errorf("form: the schema is not of the documented form: %w", decoded.Refused[0])
	}
	for s.Result != nil {
		s = *s.Result
	}
	if s.Content != nil {
		s.Items = s.Content.Items
	}
	if s.Items == nil {
		return nil, errors.New("form: the schema has no components: schemaContent.items is missing")
	}
	conditional := map[string]bool{}
	findConditional(s.Items, conditional)
	return &Schema{ProcessCode: s.FormCode, Name: s.Name, Components: components(s.Items, conditional)}, nil
}

// schemaJSON is the part of the vendor's JSON that is used.
type schemaJSON struct {
	Result   *schemaJSON    `json:"result"`
	FormCode string         `json:"formCode"`
	Name     string         `json:"name"`
	Content  *schemaContent `json:"schemaContent"`
	Items    []schemaItem   `json:"items"`
}

type schemaContent struct {
	Items []schemaItem `json:"items"`
}

type schemaItem struct {
	ComponentName string       `json:"componentName"`
	Props         schemaProps  `json:"props"`
	Children      []schemaItem `json:"children"`
}

type schemaProps struct {
	ID           string          `json:"id"`
	BizAlias     string          `json:"bizAlias"`
	Label        json.RawMessage `json:"label"`
	Placeholder  string          `json:"placeholder"`
	Required     bool            `json:"required"`
	Hidden       bool            `json:"hidden"`
	Disabled     bool            `json:"disabled"`
	Disable      bool            `json:"disable"`   // in suites
	Invisible    bool            `json:"invisible"` // in suites
	Visible      map[string]bool `json:"childFieldVisible"`
	BizType      string          `json:"bizType"`
	Options      json.RawMessage `json:"options"`
	ObjOptions   json.RawMessage `json:"objOptions"`
	Format       string          `json:"format"`
	Unit         string          `json:"unit"`
	Choice       bool            `json:"choice"` // 1 and 0
	Multiple     *bool           `json:"multiple"`
	Limit        int             `json:"limit"`
	AddressModel string          `json:"addressModel"`
	Linkage      []struct {
		Targets []struct {
			FieldID string `json:"fieldId"`
		} `json:"targets"`
	} `json:"behaviorLinkage"`
}

func components(items []schemaItem, conditional map[string]bool) []Component {
	var list []Component
	for i := range items {
		item := &items[i]
		p := &item.Props
		c := Component{
			Type: item.ComponentName, ID: p.ID, BizAlias: p.BizAlias, Placeholder: p.Placeholder,
			Required: p.Required, Hidden: p.Hidden || p.Invisible, Disabled: p.Disabled || p.Disable, Conditional: p.ID != "" && conditional[p.ID],
			Format: p.Format, Unit: p.Unit, Multiple: p.Choice, MaxStars: p.Limit, AddressModel: p.AddressModel,
			BizType: p.BizType, Children: components(item.Children, conditional),
		}
		if c.Type == "DepartmentField" {
			c.Multiple = p.Multiple == nil || *p.Multiple
		}
		for n := range c.Children {
			child := &c.Children[n]
			if visible, ok := p.Visible[child.BizAlias]; ok && !visible {
				child.Hidden = true
			}
		}
		c.Label, c.SecondLabel = labels(p.Label)
		for _, option := range append(options(p.Options), options(p.ObjOptions)...) {
			c.addOption(option)
		}
		list = append(list, c)
	}
	return list
}

func findConditional(items []schemaItem, conditional map[string]bool) {
	for i := range items {
		for _, linkage := range items[i].Props.Linkage {
			for _, target := range linkage.Targets {
				conditional[target.FieldID] = true
			}
		}
		findConditional(items[i].Children, conditional)
	}
}

// labels reads one label or two, which come as an array or as the text of one.
func labels(data json.RawMessage) (first, second string) {
	if items, ok := jsonArray(data); ok {
		switch len(items) {
		case 1:
			return plainText(items[0]), ""
		case 2:
			return plainText(items[0]), plainText(items[1])
		}
	}
	return plainText(data), ""
}

// option is a choice. In schemas it is a text, an object or the text of one.
type option struct{ key, value string }

// options reads a list of choices, or the text of one.
func options(data json.RawMessage) []option {
	var list []option
	items, _ := jsonArray(data)
	for _, item := range items {
		text := plainText(item)
		var o struct {
			Key   wire.Text `json:"key"`
			Value wire.Text `json:"value"`
			Name  wire.Text `json:"name"` // of a kind of leave
		}
		if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &o) == nil {
			list = append(list, option{string(o.Key), string(cmp.Or(o.Value, o.Name))})
			continue
		}
		list = append(list, option{"", text})
	}
	return list
}

func (c *Component) addOption(o option) {
	c.OtherOption = c.OtherOption || o.key == "other"
	if o.value != "" && !slices.Contains(c.Options, o.value) {
		c.Options = append(c.Options, o.value)
	}
}

// jsonArray are the elements of a JSON array, or of text that holds one.
func jsonArray(data []byte) ([]json.RawMessage, bool) {
	var items []json.RawMessage
	text := strings.TrimSpace(plainText(data))
	if !strings.HasPrefix(text, "[") || json.Unmarshal([]byte(text), &items) != nil {
		return nil, false
	}
	return items, true
}

// plainText is the content of JSON text, and any other JSON as it is written.
func plainText(data []byte) string {
	var text string
	switch data = bytes.TrimSpace(data); {
	case string(data) == "null":
		return ""
	case json.Unmarshal(data, &text) == nil:
		return text
	}
	return string(data)
}
