package formgen

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dingoa/dingoa/form"
)

// goFile is the input of the template.
type goFile struct {
	Origin      string // where the form is from
	Package     string
	Type        string
	Imports     []string // "" is an empty line
	ProcessCode *constant
	Structs     []structType
	Choices     []choiceType
}

type structType struct {
	Name   string
	Doc    []string
	Fields []structField
}

type structField struct {
	Name, Type, Tag string
	Doc             []string
}

// choiceType is the type of a select component.
type choiceType struct {
	Name, Label string
	Options     []constant
}

// constant has a Go literal as its Text.
type constant struct{ Name, Text string }

// planner turns a form into a goFile.
type planner struct {
	cfg   Config
	file  goFile
	names scope           // of the package
	used  map[string]bool // of cfg.Names
	errs  []error

	needsTime, needsForm bool // as imports
}

func plan(schema *form.Schema, cfg Config) (*goFile, error) {
	p := &planner{cfg: cfg, names: scope{}, used: map[string]bool{}}
	p.file = goFile{Origin: "a saved schema", Package: cfg.Package, Type: p.names.add(cfg.Type)}
	if schema.ProcessCode != "" {
		p.file.Origin = comment(schema.ProcessCode)
		p.file.ProcessCode = &constant{p.names.add(cfg.Type + "ProcessCode"), strconv.Quote(schema.ProcessCode)}
	}
	doc := cfg.Type + " is the form " + brief(schema.Name)
	if schema.Name == "" {
		doc = cfg.Type + " is a form"
	}
	p.addStruct(cfg.Type, doc+".", "the form", schema.Components)
	for _, label := range slices.Sorted(maps.Keys(cfg.Names)) {
		if !p.used[label] {
			p.errs = append(p.errs, fmt.Errorf("the form has no component or option %s to be named %s", brief(label), cfg.Names[label]))
		}
	}
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	p.file.Imports = p.importPaths()
	return &p.file, nil
}

// addStruct plans the struct of a form or of a table's row.
func (p *planner) addStruct(name, doc, what string, components []form.Component) {
	at := len(p.file.Structs)
	p.file.Structs = append(p.file.Structs, structType{Name: name, Doc: []string{doc}})
	fields := p.fieldNames(components)
	tags := tagWriter{taken: map[string]bool{}, labels: labelCounts(components), ids: p.cfg.IDs}
	for i := range components {
		if field, ok := p.field(name, fields[i], &components[i], &tags); ok {
			p.file.Structs[at].Fields = append(p.file.Structs[at].Fields, field)
		}
	}
	if len(p.file.Structs[at].Fields) == 0 {
		p.errs = append(p.errs, fmt.Errorf("%s has no component that holds a value", what))
	}
}

// fieldNames are the Go names of components, each another one. Those of the
// configuration are given first.
func (p *planner) fieldNames(components []form.Component) []string {
	names, taken := make([]string, len(components)), scope{}
	for i := range components {
		if name, ok := p.configured(components[i].ID, components[i].Label, components[i].Name()); ok {
			names[i] = taken.add(name)
		}
	}
	for i := range components {
		if names[i] != "" {
			continue
		}
		name := goName(components[i].Label)
		switch {
		case name == "":
			name = "Field" + strconv.Itoa(i+1)
		case !isExported(name): // 3天
			name = "Field" + name
		}
		names[i] = taken.add(name)
	}
	return names
}

// configured is the name that the configuration gives, by the first key it has.
func (p *planner) configured(keys ...string) (string, bool) {
	for _, key := range keys {
		if name, ok := p.cfg.Names[key]; ok && key != "" {
			p.used[key] = true
			return name, true
		}
	}
	return "", false
}

// field plans the field of a component; false when it holds no value.
func (p *planner) field(owner, name string, c *form.Component, tags *tagWriter) (structField, bool) {
	kind, ok := kindOf(c)
	if !ok {
		return structField{}, false
	}
	tag, err := tags.tag(c, kind)
	if err != nil {
		p.errs = append(p.errs, err)
	}
	f := structField{Name: name, Type: kind.goType, Tag: tag, Doc: fieldDoc(name, c, kind)}
	switch {
	case c.Type == tableField && owner != p.cfg.Type:
		p.errs = append(p.errs, fmt.Errorf("%s is a table in a table, which no form can have", brief(c.Label)))
	case c.Type == tableField:
		row := p.names.add(owner + name)
		f.Type = "[]" + row
		p.addStruct(row, row+" is a row of "+brief(c.Label)+".", "the table "+brief(c.Label), c.Children)
	case kind.choice && len(c.Options) > 0:
		f.Type = strings.Replace(kind.goType, "string", p.addChoice(owner+name, c), 1)
	}
	p.imports(f.Type)
	return f, true
}

// addChoice plans the type of a select component, and names it.
func (p *planner) addChoice(name string, c *form.Component) string {
	choice := choiceType{Name: p.names.add(name), Label: brief(c.Label)}
	constants := make([]constant, len(c.Options))
	for i, text := range c.Options {
		if suffix, ok := p.configured(text); ok {
			constants[i] = constant{p.names.add(choice.Name + suffix), literal(text)}
		}
	}
	for i, text := range c.Options {
		if constants[i].Name == "" {
			suffix := cmp.Or(goName(text), "Option"+strconv.Itoa(i+1))
			constants[i] = constant{p.names.add(choice.Name + suffix), literal(text)}
		}
	}
	choice.Options = constants
	p.file.Choices = append(p.file.Choices, choice)
	return choice.Name
}
