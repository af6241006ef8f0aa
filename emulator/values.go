package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dingoa/dingoa/emulator/company"
)

// Form values as the vendor's pages want them. Nothing here is shared with the
// SDK's package form: each can find the mistakes of the other.

// maxValue is the limit of a value in characters, of a whole table, too.
const maxValue = 65535

// checkValues matches the values with the form's components, in whose order it
// returns them as they are read back. The caller holds s.mu.
func (s *Server) checkValues(form *storedForm, values []formValue) ([]formValue, *problem) {
	return s.fill(place{}, form.Components, values)
}

// fill does that for a form, or for a row of a table; where names the row.
func (s *Server) fill(where place, components []company.Component, values []formValue) ([]formValue, *problem) {
	given := map[int]formValue{}
	for _, v := range values {
		i := slices.IndexFunc(components, func(c company.Component) bool { return names(v, c) })
		if i < 0 {
			return nil, problemOf(noComponent, "the form has no component %v", where.with(v.Name))
		}
		given[i] = v
	}
	var filled []formValue
	for i, c := range components {
		v, ok := given[i]
		if c.Required && settable(c.Type) && (v.Value == "" || c.Type == "TableField" && v.Value == "[]") {
			return nil, problemOf(valueMissing, "component %v needs a value", where.with(c.Label))
		}
		if !ok {
			continue
		}
		if v.Type != "" && v.Type != c.Type {
			return nil, problemOf(wrongComponentType, "component %v is a %s, not a %s", where.with(c.Label), c.Type, v.Type)
		}
		v, err := s.take(where, c, v)
		if err != nil {
			return nil, err
		}
		filled = append(filled, v)
	}
	return filled, nil
}

// take checks one value and returns it as it is read back.
func (s *Server) take(where place, c company.Component, v formValue) (formValue, *problem) {
	at := where.with(c.Label)
	v.ID, v.BizAlias, v.Name, v.Type = c.ID, c.BizAlias, c.Label, c.Type
	switch {
	case v.Value == "":
		return v, nil
	case !settable(c.Type):
		return v, problemOf(notSettable, "component %v, a %s, takes no value", at, c.Type)
	case utf8.RuneCountInString(v.Value) > maxValue || utf8.RuneCountInString(v.ExtValue) > maxValue:
		return v, valueProblem(at, flaw{tooLongValue, maxValue})
	case c.Type == "TableField":
		return s.takeTable(c, v)
	}
	if f := s.flaw(c, v.Value); f != (flaw{}) {
		return v, valueProblem(at, f)
	}
	s.readBack(&v)
	return v, nil
}

// names reports whether the value is meant for the component: by id, by
// bizAlias, or by name, which must equal the label.
func names(v formValue, c company.Component) bool {
	switch {
	case v.ID != "":
		return v.ID == c.ID
	case v.BizAlias != "" && c.BizAlias != "":
		return v.BizAlias == c.BizAlias
	default:
		return labelled(c, v.Name)
	}
}

// settable reports components that take a value from the API: notes, suites and
// what DingTalk itself fills in do not.
func settable(componentType string) bool {
	return !slices.Contains([]string{
		"TextNote", "FormRelateField", "DDHolidayField", "DDBizSuite", "DDOvertimeField", "DDGooutField", "SignatureField", "SeqNumberField",
		"OcrTextField", "OcrIdCardField", "InvoiceField", "RecipientAccountField",
	}, componentType)
}

// maxTableContacts is how many people a table may have in all of its rows.
const maxTableContacts = 50

// takeTable checks the rows of a table, which are arrays of {name, value} or
// {id, value}, or objects of values by label. They are read back as published replies
// have them: {rowValue: [{label, value, key}], rowNumber}.
func (s *Server) takeTable(table company.Component, v formValue) (formValue, *problem) {
	var rows []json.RawMessage
	if json.Unmarshal([]byte(v.Value), &rows) != nil {
		return v, valueProblem(place{label: table.Label}, flaw{kind: noRows})
	}
	readBack := make([]map[string]any, len(rows))
	people := 0
	for i, data := range rows {
		where := place{table: table.Label, row: i + 1}
		row, ok := cells(data)
		if !ok {
			return v, valueProblem(where, flaw{kind: wrongRow})
		}
		filled, err := s.fill(where, table.Children, row)
		if err != nil {
			return v, err
		}
		shown := []map[string]any{}
		for _, cell := range filled {
			m := map[string]any{"componentType": cell.Type, "label": cell.Name, "value": native(cell.Value), "key": cell.ID}
			putText(m, "bizAlias", cell.BizAlias)
			if cell.ExtValue != "" {
				m["extendValue"] = native(cell.ExtValue)
			}
			shown = append(shown, m)
			if cell.Type == "InnerContactField" {
				var list []any
				_ = json.Unmarshal([]byte(cell.ExtValue), &list) // readBack wrote it
				people += len(list)
			}
		}
		readBack[i] = map[string]any{"rowValue": shown, "rowNumber": fmt.Sprintf("%s_%d", table.ID, i+1)}
	}
	if people > maxTableContacts {
		return v, valueProblem(place{label: table.Label}, flaw{tooManyContacts, maxTableContacts})
	}
	v.Value, v.ExtValue = string(encode(readBack)), `{"statValue":[],"componentName":"TableField"}`
	return v, nil
}

// cellText is the value of a cell: text, or a list that stands for its JSON.
type cellText string

// UnmarshalJSON implements json.Unmarshaler.
func (c *cellText) UnmarshalJSON(data []byte) error {
	if data[0] == '[' {
		*c = cellText(data)
		return nil
	}
	return json.Unmarshal(data, (*string)(c))
}

func cells(data json.RawMessage) (row []formValue, ok bool) {
	var list []struct {
		ID            string   `json:"id"`
		BizAlias      string   `json:"bizAlias"`
		Name          string   `json:"name"`
		Value         cellText `json:"value"`
		ExtValue      string   `json:"extValue"`
		ComponentType string   `json:"componentType"`
	}
	if json.Unmarshal(data, &list) == nil && list != nil {
		for _, c := range list {
			row = append(row, formValue{c.ID, c.BizAlias, c.Name, string(c.Value), c.ExtValue, c.ComponentType})
		}
		return row, true
	}
	var byLabel map[string]cellText
	if json.Unmarshal(data, &byLabel) != nil || byLabel == nil {
		return nil, false
	}
	for label, value := range byLabel {
		row = append(row, formValue{Name: label, Value: string(value)})
	}
	return row, true
}

// readBack rewrites what is read otherwise than it was written: people and departments
// by their names with commas between, approvals by a list of their titles, all with
// the ids in extValue, as published replies have them.
func (s *Server) readBack(v *formValue) {
	var shown []string
	var ext []map[string]any
	switch v.Type {
	case "InnerContactField":
		ids, _ := oneOrMany(v.Value)
		for _, id := range ids {
			name := s.company.users[id].Name
			shown = append(shown, name)
			ext = append(ext, map[string]any{"name": name, "emplId": id, "itemId": id})
		}
		v.Value, v.ExtValue = strings.Join(shown, ","), string(encode(ext))
	case "DepartmentField":
		ids, _ := departmentIDs(v.Value)
		for _, id := range ids {
			name := s.company.departmentName(id)
			shown = append(shown, name)
			ext = append(ext, map[string]any{"id": strconv.FormatInt(id, 10), "name": name})
		}
		v.Value, v.ExtValue = strings.Join(shown, ","), string(encode(ext))
	case "RelateField":
		ids, _ := oneOrMany(v.Value)
		for _, id := range ids {
			shown = append(shown, s.instances[id].Title)
			ext = append(ext, map[string]any{"procInstId": id, "businessId": s.instances[id].BusinessID})
		}
		v.Value, v.ExtValue = string(encode(shown)), string(encode(map[string]any{"list": ext}))
	}
}
