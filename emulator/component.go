package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Component is one component (控件) of a form, or one column of a table.
type Component struct {
	ID       string // made up when empty
	BizAlias string
	// Label of a date range or a place is a JSON array of its two labels.
	Label    string
	Type     string // vendor's name, such as "TextField" or "DDSelectField"
	Required bool
	// Options are the choices of a DDSelectField or DDMultiSelectField; empty
	// accepts anything. OtherOption makes the last of them stand for any text.
	Options     []string
	OtherOption bool
	// Placeholder is the hint in the empty component, Unit that of a number or date.
	Placeholder string
	Unit        string
	// Format is a date's, "yyyy-MM-dd" or "yyyy-MM-dd HH:mm"; empty accepts both.
	Format string
	// Multiple allows several people or departments.
	Multiple bool
	// MaxStars of a StarRatingField is 5 or 10; 0 is 10.
	MaxStars int
	// AddressModel is the precision of an AddressField: "city", "district" or "street".
	AddressModel string
	// Condition says that a branch of the flow is decided by it (条件), for
	// GetConditionFormComponent; the emulator's flows have no branches.
	Condition bool
	// Children are the columns of a TableField.
	Children []Component
}

// checkComponents returns a copy of the components with IDs filled in. position
// is empty for those of the form, else where the table stands.
func checkComponents(components []Component, position string) ([]Component, error) {
	components = slices.Clone(components)
	labels := map[string]bool{}
	for i := range components {
		c := &components[i]
		place := fmt.Sprintf("%s%d", position, i+1)
		switch {
		case c.Label == "" || c.Type == "":
			return nil, fmt.Errorf("component %s needs Label and Type", place)
		case labels[c.Label]:
			return nil, fmt.Errorf("label %q is given twice", c.Label)
		case c.Type == "TableField" && position != "":
			return nil, fmt.Errorf("component %s is a table within a table", place)
		case c.Type != "TableField" && len(c.Children) > 0:
			return nil, fmt.Errorf("component %s has Children but is no TableField", place)
		case c.OtherOption && len(c.Options) == 0:
			return nil, fmt.Errorf("component %s has OtherOption but no Options", place)
		}
		labels[c.Label] = true
		if c.ID == "" {
			c.ID = c.Type + "-EMULATOR" + place
		}
		c.Options = slices.Clone(c.Options)
		children, err := checkComponents(c.Children, place+".")
		if err != nil {
			return nil, err
		}
		c.Children = children
	}
	if len(components) == 0 {
		return nil, nil
	}
	return components, nil
}

// labelled reports whether a name is the component's: its label, or for two of
// them their JSON in any spelling or the first.
func (c Component) labelled(name string) bool {
	if name == c.Label {
		return true
	}
	var own, given []string
	if json.Unmarshal([]byte(c.Label), &own) != nil || len(own) != 2 {
		return false
	}
	return name == own[0] || json.Unmarshal([]byte(name), &given) == nil && slices.Equal(own, given)
}

// schemaItem is the component as a schema shows it.
func (c Component) schemaItem() map[string]any {
	props := map[string]any{"id": c.ID, "label": c.Label, "required": c.Required}
	putText(props, "bizAlias", c.BizAlias)
	putText(props, "placeholder", c.Placeholder)
	putText(props, "unit", c.Unit)
	putText(props, "format", c.Format)
	putText(props, "addressModel", c.AddressModel)
	c.putChoices(props)
	if c.MaxStars > 0 {
		props["limit"] = c.MaxStars
	}
	item := map[string]any{"componentName": c.Type, "props": props}
	if len(c.Children) > 0 {
		item["children"] = schemaItems(c.Children)
	}
	return item
}

// putChoices writes what can be chosen. Where a schema shows that an option
// stands for any text is not documented; the key "other" does when it is created.
func (c Component) putChoices(props map[string]any) {
	put(props, "options", c.Options)
	if c.OtherOption {
		objects := make([]map[string]any, len(c.Options))
		for i, option := range c.Options {
			objects[i] = map[string]any{"value": option, "key": fmt.Sprintf("option_%d", i)}
		}
		objects[len(objects)-1]["key"] = "other"
		props["objOptions"] = objects
	}
	switch c.Type {
	case "InnerContactField":
		props["choice"] = map[bool]int{true: 1}[c.Multiple]
	case "DepartmentField":
		props["multiple"] = c.Multiple
	}
}

func schemaItems(components []Component) []map[string]any {
	items := make([]map[string]any, len(components))
	for i, c := range components {
		items[i] = c.schemaItem()
	}
	return items
}

// component reads the props of a component that is created. Numbers are those
// of encoding/json.
func component(componentType string, props map[string]any) Component {
	c := Component{
		Type: componentType, ID: text(props["componentId"]), BizAlias: text(props["bizAlias"]), Label: text(props["label"]),
		Placeholder: text(props["placeholder"]), Unit: text(props["unit"]), Format: text(props["format"]), AddressModel: text(props["addressModel"]),
	}
	c.Required, _ = props["required"].(bool)
	c.Multiple, _ = props["multiple"].(bool)
	c.Multiple = c.Multiple || text(props["choice"]) == "1"
	if limit, ok := props["limit"].(float64); ok {
		c.MaxStars = int(limit)
	}
	options, _ := props["options"].([]any)
	other := ""
	for _, option := range options {
		o, ok := option.(map[string]any)
		switch {
		case !ok:
		case text(o["key"]) == "other":
			other = text(o["value"])
		default:
			c.Options = append(c.Options, text(o["value"]))
		}
	}
	if other != "" {
		c.Options, c.OtherOption = append(c.Options, other), true
	}
	return c
}

// DefaultEveryComponentCode is the form 全部控件 of [EveryComponentForm].
const DefaultEveryComponentCode = "PROC-EMULATOR-EVERY"

// EveryComponentForm is a form with every component of the vendor's pages, also
// as the columns of a table. It is not part of the default company: give it with
// [WithForms]. It is approved by lisi.
func EveryComponentForm() Form {
	minute := "yyyy-MM-dd HH:mm"
	columns := []Component{
		{Label: "单行输入框", Type: "TextField"},
		{Label: "多行输入框", Type: "TextareaField"},
		{Label: "数字输入框", Type: "NumberField", Unit: "个"},
		{Label: "金额", Type: "MoneyField"},
		{Label: "单选框", Type: "DDSelectField", Options: []string{"选项1", "选项2"}},
		{Label: "多选框", Type: "DDMultiSelectField", Options: []string{"选项1", "选项2", "选项3"}},
		{Label: "日期", Type: "DDDateField", Format: "yyyy-MM-dd", Unit: "天"},
		{Label: `["开始时间","结束时间"]`, Type: "DDDateRangeField", Format: minute, Unit: "小时"},
		{Label: "电话", Type: "PhoneField"},
		{Label: "图片", Type: "DDPhotoField"},
		{Label: "附件", Type: "DDAttachment"},
		{Label: "联系人", Type: "InnerContactField", Multiple: true},
		{Label: "部门", Type: "DepartmentField", Multiple: true},
		{Label: "关联审批单", Type: "RelateField"},
		{Label: "省市区", Type: "AddressField", AddressModel: "district"},
		{Label: "评分", Type: "StarRatingField", MaxStars: 5},
		{Label: `["当前时间","当前地点"]`, Type: "TimeAndLocationField"},
		{Label: "计算公式", Type: "CalculateField"},
		{Label: "关联控件", Type: "FormRelateField"},
		{Label: "身份证", Type: "IdCardField"},
	}
	components := slices.Clone(columns)
	for i := range columns {
		columns[i].ID = columns[i].Type + "-column"
		components[i].ID = components[i].Type + "-every"
		components[i].BizAlias = "every-" + components[i].Type
		components[i].Placeholder = "请填写"
	}
	columns[0].Required = true
	components = append(components,
		Component{ID: "DDDateField-minute", Label: "时刻", Type: "DDDateField", Format: minute, Unit: "小时"},
		Component{ID: "DDSelectField-other", Label: "其他选项", Type: "DDSelectField", Options: []string{"选项1", "其他"}, OtherOption: true},
		Component{ID: "InnerContactField-one", Label: "一个联系人", Type: "InnerContactField"},
		Component{ID: "DepartmentField-one", Label: "一个部门", Type: "DepartmentField"},
		Component{ID: "TableField-every", Label: "明细", Type: "TableField", Required: true, Children: columns},
		Component{ID: "TextNote-every", Label: "文字说明", Type: "TextNote"},
		Component{ID: "DDHolidayField-every", Label: `["请假开始","请假结束"]`, Type: "DDHolidayField"},
	)
	return Form{
		ProcessCode: DefaultEveryComponentCode, Name: "全部控件", Components: components,
		Flow:                []Node{{Name: "直属主管", Approvers: []string{DefaultFirstApprover}}},
		OriginatorMayRevoke: true,
	}
}
