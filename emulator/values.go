package emulator

import (
	"encoding/json"
	"slices"
)

// errForm is formConverterError, which names the component that was refused.
func errForm(label, problem string) *apiError {
	err := refuse("formConverterError", errcodeBadParameter, "表单数据校验失败，失败控件：%s（%s）", label, problem)
	err.field = label
	return err
}

// checkValues matches the values with the form's components, in whose order it
// returns them.
func checkValues(form *Form, values []formValue) ([]formValue, *apiError) {
	given := map[int]formValue{}
	for _, v := range values {
		i := slices.IndexFunc(form.Components, func(c Component) bool { return names(v, c) })
		if i < 0 {
			return nil, errForm(v.name, "模板中没有该控件")
		}
		given[i] = v
	}
	var filled []formValue
	for i, c := range form.Components {
		v, ok := given[i]
		if c.Required && v.value == "" {
			return nil, errForm(c.Label, "必填")
		}
		if !ok {
			continue
		}
		if v.componentType != "" && v.componentType != c.Type {
			return nil, refuse("illegalComponent", errcodeBadParameter, "表单组件入参错误：%s的类型是%s，不是%s", c.Label, c.Type, v.componentType)
		}
		if err := checkOptions(c, v.value); err != nil {
			return nil, err
		}
		v.id, v.bizAlias, v.name, v.componentType = c.ID, c.BizAlias, c.Label, c.Type
		filled = append(filled, v)
	}
	return filled, nil
}

// names reports whether the value is meant for the component: by id, by
// bizAlias, or by name, which must equal the label.
func names(v formValue, c Component) bool {
	switch {
	case v.id != "":
		return v.id == c.ID
	case v.bizAlias != "" && c.BizAlias != "":
		return v.bizAlias == c.BizAlias
	default:
		return v.name == c.Label
	}
}

// checkOptions refuses a choice that the form does not offer.
func checkOptions(c Component, value string) *apiError {
	if value == "" {
		return nil
	}
	var chosen []string
	switch c.Type {
	case "DDSelectField":
		chosen = []string{value}
	case "DDMultiSelectField":
		if err := json.Unmarshal([]byte(value), &chosen); err != nil {
			return errForm(c.Label, "值应为选项组成的JSON数组")
		}
	}
	if len(c.Options) == 0 {
		return nil
	}
	for _, option := range chosen {
		if !slices.Contains(c.Options, option) {
			return errForm(c.Label, "选项不在选项列表中："+option)
		}
	}
	return nil
}
