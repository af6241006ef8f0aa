// Package spec is the vendor's operation table with its field trees: what each
// operation takes, answers and refuses. Tests and the emulator validate with it;
// it is generated from api/.
package spec

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// The two gateways.
const (
	HostToday = "api.dingtalk.com"
	HostOlder = "oapi.dingtalk.com"
)

// Operation is one operation of one gateway. Its slices are shared: read only.
type Operation struct {
	ID     string `json:"id"`
	Host   string `json:"host"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Doc is the last part of the address of the vendor's page, empty when only
	// the vendor's SDK shows the operation.
	Doc string `json:"doc"`
	// Permission is the permission point (权限点), empty when none is named.
	Permission string `json:"permission"`
	// Premium reports that it needs OA premium (OA 高级版).
	Premium bool `json:"premium"`
	// Apps are the kinds of app that may call it: internal, third_party,
	// customised, personal; empty when unknown.
	Apps []string `json:"apps"`
	// LegacyID is its twin on the older gateway, ReplacedBy on that twin the
	// operation that took its place.
	LegacyID   string `json:"legacy_id"`
	ReplacedBy string `json:"replaced_by"`

	PathParams []Field `json:"path_params"`
	Query      []Field `json:"query"`
	Body       []Field `json:"body"`
	Response   []Field `json:"response"`
	// Errors are the codes that the vendor lists for this operation; codes that
	// any operation may answer are in [Codes].
	Errors []Code `json:"errors"`
}

// Field is a parameter, or a member of a JSON object.
type Field struct {
	Name string `json:"name"`
	// Type is string, int32, int64, bool, object, any, array<T> or map<string,T>.
	Type string `json:"type"`
	// AltType is a second type that the vendor's own samples use.
	AltType  string   `json:"alt_type"`
	Required bool     `json:"required"`
	Enum     []string `json:"enum"`
	// MinLen, MaxLen and ItemMaxLen count characters; 0 is no limit.
	MinLen int `json:"min_len"`
	MaxLen int `json:"max_len"`
	// MaxItems counts the items of an array, or of a string joined by commas.
	MaxItems   int    `json:"max_items"`
	ItemMaxLen int    `json:"item_max_len"`
	Min        *int64 `json:"min"`
	Max        *int64 `json:"max"`
	// Fields are the members of an object, or of each object in an array or
	// map; empty when nobody says what is in it.
	Fields []Field `json:"fields"`
}

// Code is an error code and the HTTP status that carries it.
type Code struct {
	HTTP int    `json:"http"`
	Code string `json:"code"`
	// Class is auth, permission, ip_whitelist, throttle, quota, not_found,
	// invalid, conflict or server.
	Class string `json:"class"`
	// Meaning says it in a few English words.
	Meaning string `json:"meaning"`
}

//go:embed spec_gen.json
var data []byte

type table struct {
	Codes      []Code      `json:"codes"`
	Operations []Operation `json:"operations"`

	byID      map[string]int
	byAddress map[string]int // "METHOD host/path" without path parameters
	patterns  []int          // operations with path parameters
}

var load = sync.OnceValue(func() *table { //nolint:gochecknoglobals // read once, never changed
	t := &table{byID: map[string]int{}, byAddress: map[string]int{}}
	if err := json.Unmarshal(data, t); err != nil {
		panic(fmt.Sprintf("spec_gen.json: %v", err)) // embedded at build time: never depends on input
	}
	for i, o := range t.Operations {
		t.byID[o.ID] = i
		if strings.Contains(o.Path, "{") {
			t.patterns = append(t.patterns, i)
			continue
		}
		key := address(o.Method, o.Host, o.Path)
		if _, taken := t.byAddress[key]; !taken {
			t.byAddress[key] = i
		}
	}
	return t
})

func address(method, host, path string) string { return method + " " + host + path }

// All returns every operation of both gateways, in the order of the chapters.
func All() []Operation { return load().Operations }

// Codes returns the error codes that any operation may answer.
func Codes() []Code { return load().Codes }

// ByID returns the operation with that ID.
func ByID(id string) (Operation, bool) {
	t := load()
	i, ok := t.byID[id]
	if !ok {
		return Operation{}, false
	}
	return t.Operations[i], true
}

// Match finds the operation that a request addresses, and its path parameters.
// Host is [HostToday] or [HostOlder]; empty is either. Path is decoded, without
// query. Of OapiProcessSave and OapiProcessSave#own, which share an address, it
// returns the first.
func Match(method, host, path string) (Operation, map[string]string, bool) {
	t := load()
	hosts := []string{host}
	if host == "" {
		hosts = []string{HostToday, HostOlder}
	}
	for _, h := range hosts {
		if i, ok := t.byAddress[address(method, h, path)]; ok {
			return t.Operations[i], nil, true
		}
	}
	for _, i := range t.patterns {
		o := t.Operations[i]
		if o.Method != method || host != "" && o.Host != host {
			continue
		}
		if params, ok := matchPath(o.Path, path); ok {
			return o, params, true
		}
	}
	return Operation{}, nil, false
}

// PathMatches reports whether a path is that of a pattern, in which {name}
// stands for any segment.
func PathMatches(pattern, path string) bool {
	_, ok := matchPath(pattern, path)
	return ok
}

func matchPath(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range want {
		name, isParam := strings.CutPrefix(segment, "{")
		switch {
		case isParam && got[i] != "":
			params[strings.TrimSuffix(name, "}")] = got[i]
		case isParam || segment != got[i]:
			return nil, false
		}
	}
	return params, true
}
