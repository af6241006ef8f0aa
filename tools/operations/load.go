package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	todayHost = "api.dingtalk.com"
	olderHost = "oapi.dingtalk.com"
	docHost   = "https://open.dingtalk.com/document/development/"
)

// table is everything that api/ says.
type table struct {
	Groups     []group     `yaml:"groups"`
	Operations []operation `yaml:"operations"`

	fields fieldFile
	codes  []code
	advice map[string]advice // by what it is about, not by code
	byID   map[string]*operation
}

type group struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	TitleZh string `yaml:"title_zh"`
}

// operation is one row of api/operations.yaml, where the keys are explained.
type operation struct {
	ID         string   `yaml:"id"`
	Group      string   `yaml:"group"`
	TitleZh    string   `yaml:"title_zh"`
	Host       string   `yaml:"host"`
	Method     string   `yaml:"method"`
	Path       string   `yaml:"path"`
	Legacy     string   `yaml:"legacy"`
	ReplacedBy string   `yaml:"replaced_by"`
	Aliases    []string `yaml:"aliases"`
	Doc        string   `yaml:"doc"`
	Permission string   `yaml:"permission"`
	Edition    string   `yaml:"edition"`
	Apps       []string `yaml:"apps"`
	Documented *bool    `yaml:"documented"`
	Idempotent bool     `yaml:"idempotent"`
	NoToken    bool     `yaml:"no_token"`
	SuiteToken bool     `yaml:"suite_token"`
	EmptyReply bool     `yaml:"empty_reply"`
	Status     string   `yaml:"status"`
	Go         []string `yaml:"go"`
	Notes      []string `yaml:"notes"`
}

func (o *operation) done() bool { return o.Status == "done" }

func (o *operation) onlyInSDK() bool { return o.Documented != nil && !*o.Documented }

func (o *operation) address() string { return o.Method + " " + o.Path }

func (o *operation) docURL() string {
	if o.Doc == "" {
		return ""
	}
	return docHost + o.Doc
}

// constName is the name of the generated constant.
func (o *operation) constName() string { return strings.ReplaceAll(o.ID, "#", "") }

// code is one row of api/errors.yaml.
type code struct {
	Code         string           `yaml:"code"`
	Class        string           `yaml:"class"`
	Meaning      string           `yaml:"meaning"`
	Advice       advice           `yaml:"advice"`
	Cases        []errorCase      `yaml:"cases"`
	AboutUser    bool             `yaml:"about_user"`
	TokenRefused bool             `yaml:"token_refused"`
	Ops          map[int][]string `yaml:"ops"`
}

// advice is one piece of advice in each language that it was written in.
type advice struct {
	English string `yaml:"en"`
	Chinese string `yaml:"zh"`
}

// complete reports whether it is in both languages, or in none.
func (a advice) complete() bool { return (a.English == "") == (a.Chinese == "") }

// errorCase is a reply whose code means something else in it.
type errorCase struct {
	Message string   `yaml:"message"`
	Ops     []string `yaml:"ops"`
	Class   string   `yaml:"class"`
	Advice  advice   `yaml:"advice"`
}

// field is one field of api/fields.json. What stands there for the reader only
// (example, note, src) is not read.
type field struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	AltType    string   `json:"alt_type,omitempty"`
	Required   bool     `json:"required,omitempty"`
	Enum       []string `json:"enum,omitempty"`
	MinLen     int      `json:"min_len,omitempty"`
	MaxLen     int      `json:"max_len,omitempty"`
	MaxItems   int      `json:"max_items,omitempty"`
	ItemMaxLen int      `json:"item_max_len,omitempty"`
	Min        *int64   `json:"min,omitempty"`
	Max        *int64   `json:"max,omitempty"`
	Ref        string   `json:"ref,omitempty"`
	Fields     []field  `json:"fields,omitempty"`
}

type fieldFile struct {
	Models     map[string][]field `json:"models"`
	Operations map[string]trees   `json:"operations"`
}

type trees struct {
	PathParams []field `json:"path_params,omitempty"`
	Query      []field `json:"query,omitempty"`
	Body       []field `json:"body,omitempty"`
	Response   []field `json:"response,omitempty"`
}

func load(root string) (*table, error) {
	t := &table{byID: map[string]*operation{}}
	if err := loadYAML(filepath.Join(root, "api/operations.yaml"), t); err != nil {
		return nil, err
	}
	var file struct {
		Advice map[string]advice `yaml:"advice"`
		Codes  []code            `yaml:"codes"`
	}
	if err := loadYAML(filepath.Join(root, "api/errors.yaml"), &file); err != nil {
		return nil, err
	}
	t.codes, t.advice = file.Codes, file.Advice
	data, err := os.ReadFile(filepath.Join(root, "api/fields.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &t.fields); err != nil {
		return nil, fmt.Errorf("api/fields.json: %w", err)
	}
	for i := range t.Operations {
		o := &t.Operations[i]
		if t.byID[o.ID] != nil {
			return nil, fmt.Errorf("api/operations.yaml: %s stands there twice", o.ID)
		}
		t.byID[o.ID] = o
		if o.Host == "" {
			o.Host = todayHost
		}
	}
	return t, t.validate()
}

func loadYAML(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// kindOfClass is the sentinel error of the root package, empty for an unknown class.
func kindOfClass(class string) string {
	switch class {
	case "auth":
		return "ErrUnauthorized"
	case "permission":
		return "ErrPermission"
	case "ip_whitelist":
		return "ErrIPNotAllowed"
	case "throttle":
		return "ErrRateLimited"
	case "quota":
		return "ErrQuotaExceeded"
	case "not_found":
		return "ErrNotFound"
	case "invalid":
		return "ErrInvalidArgument"
	case "conflict":
		return "ErrConflict"
	case "server":
		return "ErrServer"
	}
	return ""
}

// validate reports every row that contradicts another or itself.
func (t *table) validate() error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	groups := map[string]bool{}
	for _, g := range t.Groups {
		groups[g.ID] = true
	}
	for i := range t.Operations {
		o := &t.Operations[i]
		if o.Method == "" || !strings.HasPrefix(o.Path, "/") {
			report("%s: method or path is missing", o.ID)
		}
		if o.Host != todayHost && o.Host != olderHost {
			report("%s: host %q is neither gateway", o.ID, o.Host)
		}
		if o.Edition != "standard" && o.Edition != "premium" {
			report("%s: edition %q is neither standard nor premium", o.ID, o.Edition)
		}
		if o.Doc == "" && !o.onlyInSDK() {
			report("%s: doc is missing; say documented: false when there is no page", o.ID)
		}
		if o.Legacy != "" && (t.byID[o.Legacy] == nil || t.byID[o.Legacy].ReplacedBy != o.ID) {
			report("%s: its twin %s does not say replaced_by: %s", o.ID, o.Legacy, o.ID)
		}
		if o.ReplacedBy != "" {
			if t.byID[o.ReplacedBy] == nil || t.byID[o.ReplacedBy].Legacy != o.ID {
				report("%s: %s does not say legacy: %s", o.ID, o.ReplacedBy, o.ID)
			}
			if o.Group != "" || o.Status != "" || o.Go != nil || o.Idempotent || o.NoToken {
				report("%s: group, status, go, idempotent and no_token stand on %s", o.ID, o.ReplacedBy)
			}
			continue
		}
		if !groups[o.Group] {
			report("%s: group %q is not in groups", o.ID, o.Group)
		}
		if o.Status != "todo" && o.Status != "done" {
			report("%s: status %q is neither todo nor done", o.ID, o.Status)
		}
		if o.Go != nil && !o.done() {
			report("%s: go is set although its status is not done", o.ID)
		}
	}
	for id := range t.fields.Operations {
		if t.byID[id] == nil {
			report("api/fields.json: %s is not in api/operations.yaml", id)
		}
	}
	for about, a := range t.advice {
		if !a.complete() || a == (advice{}) {
			report("api/errors.yaml: advice on %s: want it in English and Chinese", about)
		}
	}
	seen := map[string]bool{}
	for _, c := range t.codes {
		if !c.Advice.complete() {
			report("api/errors.yaml: %s: advice: want it in English and Chinese", c.Code)
		}
		if seen[c.Code] {
			report("api/errors.yaml: %s stands there twice", c.Code)
		}
		seen[c.Code] = true
		if kindOfClass(c.Class) == "" {
			report("api/errors.yaml: %s: class %q is not known", c.Code, c.Class)
		}
		if len(c.Ops) == 0 {
			report("api/errors.yaml: %s: ops is missing; an HTTP status with [] means any operation", c.Code)
		}
		for _, ids := range c.Ops {
			for _, id := range ids {
				if t.byID[id] == nil {
					report("api/errors.yaml: %s: no operation %s", c.Code, id)
				}
			}
		}
		for _, special := range c.Cases {
			t.validateCase(special, func(format string, args ...any) {
				report("api/errors.yaml: "+c.Code+": "+format, args...)
			})
		}
	}
	return errors.Join(problems...)
}

func (t *table) validateCase(c errorCase, report func(format string, args ...any)) {
	if c.Message == "" && len(c.Ops) == 0 {
		report("a case needs a message or ops")
	}
	if !c.Advice.complete() {
		report("the advice of a case: want it in English and Chinese")
	}
	if c.Class == "" && c.Advice.English == "" {
		report("a case needs a class or advice")
	}
	if c.Class != "" && kindOfClass(c.Class) == "" {
		report("class %q is not known", c.Class)
	}
	for _, id := range c.Ops {
		if o := t.byID[id]; o == nil || o.ReplacedBy != "" {
			report("a case names %s, which is no operation, or the older twin of one", id)
		}
	}
}

// leading are the rows that become a Go variable: all but the older twins.
func (t *table) leading() []*operation {
	var rows []*operation
	for i := range t.Operations {
		if o := &t.Operations[i]; o.ReplacedBy == "" {
			rows = append(rows, o)
		}
	}
	return rows
}

// modelDepth is how often a model may stand inside itself: suite, table, field.
const modelDepth = 3

// expand puts the fields of the models that fields refer to in their place.
func (t *table) expand(fields []field, used []string) []field {
	expanded := slices.Clone(fields)
	for i := range expanded {
		f := &expanded[i]
		if f.Ref == "" {
			f.Fields = t.expand(f.Fields, used)
			continue
		}
		if count(used, f.Ref) < modelDepth {
			f.Fields = t.expand(t.fields.Models[f.Ref], append(slices.Clone(used), f.Ref))
		}
		f.Ref = ""
	}
	return expanded
}

func count(names []string, name string) int {
	n := 0
	for _, s := range names {
		if s == name {
			n++
		}
	}
	return n
}
