package dingoa

import "fmt"

// FormComponent is a component (表单控件) of a form that is created or changed.
// What a form looks like when read is a [SchemaItem].
//
// https://open.dingtalk.com/document/development/create-an-approval-form-template
type FormComponent struct {
	// ComponentType is the vendor's name of the component, such as "TextField"
	// (单行输入框). Required.
	ComponentType string `json:"componentType"`
	// Props are its settings. Required.
	Props FormComponentProps `json:"props"`
	// Children are the columns of a table (明细, "TableField"), which holds no
	// table itself.
	Children []FormComponent `json:"children,omitempty"`
}

// FormComponentProps are the settings of a [FormComponent]; which of them count
// depends on the component.
type FormComponentProps struct {
	// ComponentID names the component within the form, such as "TextField-abcd"; at
	// most 64 characters. Either it or BizAlias is needed.
	ComponentID string `json:"componentId,omitempty"`
	// Label is shown to people, and the name of its [FormValue]; at most 20
	// characters. A date range has two, as a JSON array.
	Label string `json:"label,omitempty"`
	// BizAlias is a name of your own for it, unique in the form; at most 64
	// characters.
	BizAlias string `json:"bizAlias,omitempty"`
	// Required makes people fill it in.
	Required bool `json:"required,omitempty"`
	// Placeholder is the hint in the empty component; at most 128 characters.
	Placeholder string `json:"placeholder,omitempty"`
	// Disabled makes it read only, Invisible hides it.
	Disabled  bool `json:"disabled,omitempty"`
	Invisible bool `json:"invisible,omitempty"`
	// Print is "0" to leave it out of prints, "1" to print it.
	Print string `json:"print,omitempty"`
	// MaxLength is the most characters of a text.
	MaxLength int `json:"maxLength,omitempty"`
	// Options are the choices of DDSelectField and DDMultiSelectField, at most 200
	// of 50 characters.
	Options []SelectOption `json:"options,omitempty"`
	// Multiple allows several departments in DepartmentField; Choice is "1" for
	// several people in InnerContactField and "0" for one.
	Multiple bool   `json:"multiple,omitempty"`
	Choice   string `json:"choice,omitempty"`
	// Unit is the unit of numbers and dates, such as 元; 小时 or 天 for dates.
	Unit string `json:"unit,omitempty"`
	// Format is how dates are written, "yyyy-MM-dd" or "yyyy-MM-dd HH:mm".
	Format string `json:"format,omitempty"`
	// Precision is the number of decimals of a number; nil leaves it to the vendor.
	Precision *int `json:"precision,omitempty"`
	// Upper is "1" to write an amount of money in Chinese capitals too (大写), "0" not to.
	Upper string `json:"upper,omitempty"`
	// Formula computes the value of CalculateField, as JSON text.
	Formula string `json:"formula,omitempty"`
	// Duration shows the length of a date range, with DurationLabel before it.
	Duration      bool   `json:"duration,omitempty"`
	DurationLabel string `json:"durationLabel,omitempty"`
	// Content, Link and Align are the text of TextNote (at most 500 characters), the address behind it and
	// where it stands: "top", "middle" or "bottom".
	Content string `json:"content,omitempty"`
	Link    string `json:"link,omitempty"`
	Align   string `json:"align,omitempty"`
	// AddressModel is how exact AddressField is: "city", "district" or "street".
	AddressModel string `json:"addressModel,omitempty"`
	// Limit is the number of stars of StarRatingField, 5 or 10.
	Limit int `json:"limit,omitempty"`
	// Mode is the kind of PhoneField: "phone", "tel" or "phone_tel".
	Mode string `json:"mode,omitempty"`
	// AvailableTemplates are the forms whose approvals RelateField may link to.
	AvailableTemplates []AvailableTemplate `json:"availableTemplates,omitempty"`
	// DataSource is the data that FormRelateField chooses from.
	DataSource *FormDataSource `json:"dataSource,omitempty"`
	// ActionName is the label of the button that adds a row to a table,
	// StatField its columns that are summed up, TableViewMode how it is shown
	// ("list" or "table"), VerticalPrint prints it row by row.
	ActionName    string      `json:"actionName,omitempty"`
	StatField     []StatField `json:"statField,omitempty"`
	TableViewMode string      `json:"tableViewMode,omitempty"`
	VerticalPrint bool        `json:"verticalPrint,omitempty"`
	// BizType and CommonBizType name the business suite or use of a component.
	BizType       string `json:"bizType,omitempty"`
	CommonBizType string `json:"commonBizType,omitempty"`
	// AsyncCondition makes a branch of the flow wait for the component's value.
	AsyncCondition bool `json:"asyncCondition,omitempty"`
}

// SelectOption is a choice of a select component.
type SelectOption struct {
	// Key names the option, Value is shown to people.
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"`
}

// AvailableTemplate is a form whose approvals a RelateField may link to.
type AvailableTemplate struct {
	// Name and ProcessCode of the form are both required.
	Name        string `json:"name"`
	ProcessCode string `json:"processCode"`
}

// FormDataSource is the data that a FormRelateField (关联表单) chooses from.
type FormDataSource struct {
	// Type is the kind of the source, such as "form".
	Type string `json:"type,omitempty"`
	// Target is where the data is. Required.
	Target FormDataTarget `json:"target"`
}

// FormDataTarget is a form whose data is chosen from.
type FormDataTarget struct {
	// AppType is the kind of app that keeps it, a number that the vendor does not
	// explain. Always sent.
	AppType int `json:"appType"`
	// AppUUID isolates the data of apps; BizType is the app's business type.
	AppUUID string `json:"appUuid,omitempty"`
	BizType string `json:"bizType,omitempty"`
	// FormCode is the form. Required.
	FormCode string `json:"formCode"`
}

// StatField is a column of a table that is summed up.
type StatField struct {
	// ComponentID and Label are the column's. Both are required.
	ComponentID string `json:"componentId"`
	Label       string `json:"label"`
	// Upper is "1" to write the sum in Chinese capitals, "0" not to.
	Upper string `json:"upper,omitempty"`
}

// formComponents checks the components of a form that is created or changed.
func (p *problems) formComponents(field string, components []FormComponent, most int) {
	p.Items(field, len(components), most)
	for i := range components {
		components[i].validate(p, fmt.Sprintf("%s[%d]", field, i))
	}
}

func (c *FormComponent) validate(p *problems, field string) {
	p.Required(field+".ComponentType", c.ComponentType)
	for i := range c.Children {
		child := fmt.Sprintf("%s.Children[%d]", field, i)
		if len(c.Children[i].Children) > 0 {
			p.Add(child+".Children", "is not allowed: a table holds no table")
		}
		column := c.Children[i]
		column.Children = nil
		column.validate(p, child)
	}
	for i, t := range c.Props.AvailableTemplates {
		p.Required(fmt.Sprintf("%s.Props.AvailableTemplates[%d].Name", field, i), t.Name)
		p.Required(fmt.Sprintf("%s.Props.AvailableTemplates[%d].ProcessCode", field, i), t.ProcessCode)
	}
	if s := c.Props.DataSource; s != nil {
		p.Required(field+".Props.DataSource.Target.FormCode", s.Target.FormCode)
	}
	for i, s := range c.Props.StatField {
		p.Required(fmt.Sprintf("%s.Props.StatField[%d].ComponentID", field, i), s.ComponentID)
		p.Required(fmt.Sprintf("%s.Props.StatField[%d].Label", field, i), s.Label)
	}
}
