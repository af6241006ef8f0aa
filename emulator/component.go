package emulator

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dingoa/dingoa/emulator/company"
)

// checkComponents returns a copy of the components with IDs filled in. position
// is empty for those of the form, else where the table stands.
func checkComponents(components []company.Component, position string) ([]company.Component, error) {
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
func labelled(c company.Component, name string) bool {
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
func schemaItem(c company.Component) map[string]any {
	props := map[string]any{"id": c.ID, "label": c.Label, "required": c.Required}
	putText(props, "bizAlias", c.BizAlias)
	putText(props, "placeholder", c.Placeholder)
	putText(props, "unit", c.Unit)
	putText(props, "format", c.Format)
	putText(props, "addressModel", c.AddressModel)
	putChoices(c, props)
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
func putChoices(c company.Component, props map[string]any) {
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

func schemaItems(components []company.Component) []map[string]any {
	items := make([]map[string]any, len(components))
	for i, c := range components {
		items[i] = schemaItem(c)
	}
	return items
}

// component reads the props of a component that is created. Numbers are those
// of encoding/json.
func component(componentType string, props map[string]any) company.Component {
	c := company.Component{
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
