package dingoa

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// legacyComponent is a component as the older gateway takes it.
//
// https://open.dingtalk.com/document/development/create-or-update-approval-templates
type legacyComponent struct {
	Name     string            `json:"component_name"`
	Props    legacyProps       `json:"props"`
	Children []legacyComponent `json:"children,omitempty"`
}

type legacyProps struct {
	ID          string            `json:"id"`
	Label       string            `json:"label"`
	Required    bool              `json:"required,omitempty"`
	Placeholder string            `json:"placeholder,omitempty"`
	Unit        string            `json:"unit,omitempty"`
	NotUpper    string            `json:"not_upper,omitempty"`
	Formula     string            `json:"formula,omitempty"`
	Options     []string          `json:"options,omitempty"`
	Choice      string            `json:"choice,omitempty"`
	NotPrint    string            `json:"not_print,omitempty"`
	ActionName  string            `json:"action_name,omitempty"`
	StatField   []legacyStatField `json:"stat_field,omitempty"`
}

type legacyStatField struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Upper bool   `json:"upper"`
}

func (r *saveTemplateRequest) legacyRequest() any {
	type form struct {
		AgentID     int64             `json:"agentid"`
		ProcessCode string            `json:"process_code,omitempty"`
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Components  []legacyComponent `json:"form_component_list"`
	}
	return struct {
		Form form `json:"saveProcessRequest"`
	}{form{r.agentID, r.ProcessCode, r.Name, r.Description, newLegacyComponents(r.Components)}}
}

func newLegacyComponents(components []FormComponent) []legacyComponent {
	list := make([]legacyComponent, len(components))
	for i, c := range components {
		list[i] = legacyComponent{c.ComponentType, newLegacyProps(c.Props), nil}
		if len(c.Children) > 0 {
			list[i].Children = newLegacyComponents(c.Children)
		}
	}
	return list
}

func newLegacyProps(p FormComponentProps) legacyProps {
	legacy := legacyProps{
		ID: p.ComponentID, Label: p.Label, Required: p.Required, Placeholder: p.Placeholder, Unit: p.Unit,
		NotUpper: negated(p.Upper), Formula: p.Formula, Choice: p.Choice, NotPrint: negated(p.Print), ActionName: p.ActionName,
	}
	for _, o := range p.Options {
		legacy.Options = append(legacy.Options, o.Value)
	}
	for _, f := range p.StatField {
		legacy.StatField = append(legacy.StatField, legacyStatField{f.ComponentID, f.Label, f.Upper == "1"})
	}
	return legacy
}

// negated is a switch as the older gateway names it: not_upper, not_print.
func negated(value string) string {
	return map[string]string{"0": "1", "1": "0"}[value]
}

// onlyToday names what the older gateway cannot take.
func (r *saveTemplateRequest) onlyToday() string {
	if r.Config != (TemplateConfig{}) {
		return "Config"
	}
	return onlyTodaysProps("Components", r.Components)
}

func onlyTodaysProps(field string, components []FormComponent) string {
	for i, c := range components {
		p := c.Props
		p.ComponentID, p.Label, p.Required, p.Placeholder, p.Unit, p.Upper = "", "", false, "", "", ""
		p.Formula, p.Options, p.Choice, p.Print, p.ActionName, p.StatField = "", nil, "", "", "", nil
		if !reflect.DeepEqual(p, FormComponentProps{}) {
			left, _ := json.Marshal(p) //nolint:errchkjson // texts, numbers and booleans
			return fmt.Sprintf("%s[%d].Props %s", field, i, left)
		}
		if problem := onlyTodaysProps(fmt.Sprintf("%s[%d].Children", field, i), c.Children); problem != "" {
			return problem
		}
	}
	return ""
}

func (r listVisibleTemplatesRequest) legacyRequest() any {
	return struct {
		UserID string `json:"userid,omitempty"`
		Size   int    `json:"size"`
		Offset int64  `json:"offset"`
	}{r.UserID, r.MaxResults, r.NextToken}
}

func (r manageableRequest) legacyRequest() any {
	return struct {
		UserID string `json:"userid"`
	}(r)
}
