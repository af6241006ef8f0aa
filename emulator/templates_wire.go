package emulator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
)

// modified is when a form was last changed; those of the options always were
// there.
func (s *Server) modified(f *storedForm) time.Time {
	if f.Modified.IsZero() {
		return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return f.Modified
}

// formComponent is a component as both gateways create it.
type formComponent struct {
	ComponentType string          `json:"componentType"`
	Props         map[string]any  `json:"props"`
	Children      []formComponent `json:"children"`
}

// sameProps have the same name when a component is created and when it is read.
var sameProps = [...]string{ //nolint:gochecknoglobals // a constant list
	"label", "bizAlias", "required", "placeholder", "disabled", "unit", "format", "formula", "duration", "durationLabel",
	"link", "align", "actionName", "tableViewMode", "verticalPrint", "bizType", "commonBizType", "asyncCondition",
	"limit", "addressModel", "multiple", "mode", "availableTemplates", "content",
}

// read is the component as a schema shows it, whose page leaves out most props of
// columns. position makes up its id.
func (c formComponent) read(position string) (map[string]any, company.Component) {
	component := component(c.ComponentType, c.Props)
	if component.ID == "" {
		component.ID = c.ComponentType + "_EMULATOR" + position
	}
	props := map[string]any{"id": component.ID}
	for _, name := range sameProps {
		if value, ok := c.Props[name]; ok {
			props[name] = value
		}
	}
	putChoices(component, props)
	c.rename(props)
	item := map[string]any{"componentName": c.ComponentType, "props": props}
	var children []map[string]any
	for i, child := range c.Children {
		read, column := child.read(fmt.Sprintf("%s_%d", position, i+1))
		children = append(children, read)
		if column.Label != "" {
			component.Children = append(component.Children, column)
		}
	}
	if children != nil {
		item["children"] = children
	}
	return item, component
}

// rename writes what a schema calls otherwise.
func (c formComponent) rename(props map[string]any) {
	opposite := map[string]string{"0": "1", "1": "0"}
	putText(props, "notUpper", opposite[text(c.Props["upper"])])
	putText(props, "notPrint", opposite[text(c.Props["print"])])
	if invisible, ok := c.Props["invisible"].(bool); ok {
		props["hidden"] = invisible
	}
	var sums []map[string]any
	fields, _ := c.Props["statField"].([]any)
	for _, field := range fields {
		if f, ok := field.(map[string]any); ok {
			sums = append(sums, map[string]any{"id": f["componentId"], "label": f["label"], "upper": text(f["upper"]) == "1"})
		}
	}
	if sums != nil {
		props["statField"] = sums
	}
}

// addComponents reads the components of a request. A note has no label, and
// takes no value.
func (f *savedForm) addComponents(components []formComponent) {
	f.items = []map[string]any{}
	for i, c := range components {
		item, component := c.read(strconv.Itoa(i + 1))
		f.items = append(f.items, item)
		if component.Label != "" {
			f.components = append(f.components, component)
		}
	}
}

func (s *Server) formCreate(c *call) (map[string]any, *apiError) {
	var in struct {
		ProcessCode    string          `json:"processCode"`
		Name           string          `json:"name"`
		Description    string          `json:"description"`
		FormComponents []formComponent `json:"formComponents"`
		TemplateConfig struct {
			Hidden bool `json:"hidden"`
		} `json:"templateConfig"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f := savedForm{processCode: in.ProcessCode, name: in.Name, description: in.Description, hidden: in.TemplateConfig.Hidden}
	f.addComponents(in.FormComponents)
	s.mu.Lock()
	defer s.mu.Unlock()
	code, err := s.saveForm(f)
	if err != nil {
		return nil, refusedBy("FormCreate", err)
	}
	return map[string]any{"result": map[string]any{"processCode": code}}, nil
}

// legacyComponent is a component as the older gateway creates it.
type legacyComponent struct {
	Name  string `json:"component_name"`
	Props struct {
		ID          string   `json:"id"`
		Label       string   `json:"label"`
		Required    bool     `json:"required"`
		Placeholder string   `json:"placeholder"`
		Unit        string   `json:"unit"`
		NotUpper    string   `json:"not_upper"`
		NotPrint    string   `json:"not_print"`
		Choice      string   `json:"choice"`
		ActionName  string   `json:"action_name"`
		Options     []string `json:"options"`
		// Only the vendor's SDKs show these.
		BizAlias       string `json:"biz_alias"`
		BizType        string `json:"biz_type"`
		Content        string `json:"content"`
		Duration       bool   `json:"duration"`
		Format         string `json:"format"`
		Link           string `json:"link"`
		AsyncCondition bool   `json:"async_condition"`
		CommonBizType  string `json:"common_biz_type"`
		TableViewMode  string `json:"table_view_mode"`
	} `json:"props"`
	Children []legacyComponent `json:"children"`
}

// legacyComponents are the components with today's names.
func legacyComponents(list []legacyComponent) []formComponent {
	opposite := map[string]string{"0": "1", "1": "0"}
	var components []formComponent
	for _, c := range list {
		p := c.Props
		props := map[string]any{"componentId": p.ID, "label": p.Label, "required": p.Required}
		for name, value := range map[string]string{
			"placeholder": p.Placeholder, "unit": p.Unit, "upper": opposite[p.NotUpper], "print": opposite[p.NotPrint],
			"choice": p.Choice, "actionName": p.ActionName, "bizAlias": p.BizAlias, "bizType": p.BizType, "content": p.Content,
			"format": p.Format, "link": p.Link, "commonBizType": p.CommonBizType, "tableViewMode": p.TableViewMode,
		} {
			putText(props, name, value)
		}
		for name, value := range map[string]bool{"duration": p.Duration, "asyncCondition": p.AsyncCondition} {
			if value {
				props[name] = value
			}
		}
		var options []any
		for _, option := range p.Options {
			options = append(options, map[string]any{"value": option})
		}
		props["options"] = options
		components = append(components, formComponent{c.Name, props, legacyComponents(c.Children)})
	}
	return components
}

func (s *Server) oapiProcessSave(c *call) (map[string]any, *apiError) {
	var in struct {
		Form struct {
			AgentID     int64             `json:"agentid"`
			ProcessCode string            `json:"process_code"`
			Name        string            `json:"name"`
			Description string            `json:"description"`
			Components  []legacyComponent `json:"form_component_list"`
			Config      struct {
				Hidden bool `json:"hidden"`
			} `json:"process_config"`
		} `json:"saveProcessRequest"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Form.AgentID != s.company.app.AgentID {
		return nil, refuse("invalidAgentId", errcodeBadAgent, "不合法的agentid")
	}
	f := savedForm{processCode: in.Form.ProcessCode, name: in.Form.Name, description: in.Form.Description, hidden: in.Form.Config.Hidden}
	f.addComponents(legacyComponents(in.Form.Components))
	s.mu.Lock()
	defer s.mu.Unlock()
	code, err := s.saveForm(f)
	if err != nil {
		return nil, refusedBy("FormCreate", err)
	}
	return map[string]any{"result": map[string]any{"process_code": code}}, nil
}
