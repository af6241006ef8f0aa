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

	// Only the vendor's SDKs show these, the last two for columns alone.
	AsyncCondition bool   `json:"async_condition,omitempty"`
	BizAlias       string `json:"biz_alias,omitempty"`
	BizType        string `json:"biz_type,omitempty"`
	Content        string `json:"content,omitempty"`
	Duration       bool   `json:"duration,omitempty"`
	Format         string `json:"format,omitempty"`
	Link           string `json:"link,omitempty"`
	CommonBizType  string `json:"common_biz_type,omitempty"`
	TableViewMode  string `json:"table_view_mode,omitempty"`
}

type legacyStatField struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Upper bool   `json:"upper"`
}

func (r *saveTemplateRequest) LegacyRequest() any {
	type form struct {
		AgentID     int64             `json:"agentid"`
		ProcessCode string            `json:"process_code,omitempty"`
		Name        string            `json:"name"`
		Description string            `json:"description"`
		Components  []legacyComponent `json:"form_component_list"`
		DirID       string            `json:"dir_id,omitempty"`
		OriginDirID string            `json:"origin_dir_id,omitempty"`
		Config      legacyConfig      `json:"process_config,omitzero"`
	}
	c := r.Config
	return struct {
		Form form `json:"saveProcessRequest"`
	}{form{
		r.agentID, r.ProcessCode, r.Name, r.Description, newLegacyComponents(r.Components), c.DirID, c.OriginDirID,
		legacyConfig{c.DisableStopProcessButton, c.Hidden, c.DisableDeleteProcess, c.DisableFormEdit, c.DisableResubmit, c.DisableHomepage},
	}}
}

// legacyConfig are the settings of a form, which only the vendor's SDKs show.
type legacyConfig struct {
	DisableStopProcessButton bool `json:"disable_stop_process_button,omitempty"`
	Hidden                   bool `json:"hidden,omitempty"`
	DisableDeleteProcess     bool `json:"disable_delete_process,omitempty"`
	DisableFormEdit          bool `json:"disable_form_edit,omitempty"`
	DisableResubmit          bool `json:"disable_resubmit,omitempty"`
	DisableHomepage          bool `json:"disable_homepage,omitempty"`
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
		AsyncCondition: p.AsyncCondition, BizAlias: p.BizAlias, BizType: p.BizType, Content: p.Content, Duration: p.Duration,
		Format: p.Format, Link: p.Link, CommonBizType: p.CommonBizType, TableViewMode: p.TableViewMode,
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
	return onlyTodaysProps("Components", r.Components, false)
}

func onlyTodaysProps(field string, components []FormComponent, columns bool) string {
	for i, c := range components {
		p := c.Props
		p.ComponentID, p.Label, p.Required, p.Placeholder, p.Unit, p.Upper = "", "", false, "", "", ""
		p.Formula, p.Options, p.Choice, p.Print, p.ActionName, p.StatField = "", nil, "", "", "", nil
		p.AsyncCondition, p.BizAlias, p.BizType, p.Content, p.Duration, p.Format, p.Link = false, "", "", "", false, "", ""
		if columns {
			p.CommonBizType, p.TableViewMode = "", ""
		}
		if !reflect.DeepEqual(p, FormComponentProps{}) {
			left, _ := json.Marshal(p) //nolint:errchkjson // texts, numbers and booleans
			return fmt.Sprintf("%s[%d].Props %s", field, i, left)
		}
		if problem := onlyTodaysProps(fmt.Sprintf("%s[%d].Children", field, i), c.Children, true); problem != "" {
			return problem
		}
	}
	return ""
}

func (r listVisibleTemplatesRequest) LegacyRequest() any {
	return struct {
		UserID string `json:"userid,omitempty"`
		Size   int    `json:"size"`
		Offset int64  `json:"offset"`
	}{r.UserID, r.MaxResults, r.NextToken}
}

func (r manageableRequest) LegacyRequest() any {
	return struct {
		UserID string `json:"userid"`
	}(r)
}
