package main

import (
	"go/ast"
	"slices"
	"strings"
)

const requestsTemplate = `package {{.Package}}

import (
	"fmt"
	"log/slog"

	"github.com/dingoa/dingoa/internal/redact"
)
{{range .Requests}}
// Format prints the ids, and nothing that was written by people.
func (r {{.}}) Format(f fmt.State, _ rune) { redact.Format(f, r) }

// LogValue is the ids, and nothing that was written by people.
func (r {{.}}) LogValue() slog.Value { return redact.Value(r) }
{{end}}`

// renderRequests gives every exported request that has none a Format; nil without any.
func renderRequests(dir string) ([]byte, error) {
	files, err := parseRoot(dir)
	if err != nil {
		return nil, err
	}
	formats := map[string]bool{}
	var requests []string
	for _, file := range files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && d.Name.Name == "Format" {
					formats[receiver(d)] = true
				}
			case *ast.GenDecl:
				requests = append(requests, requestsOf(d)...)
			}
		}
	}
	requests = slices.DeleteFunc(requests, func(name string) bool { return formats[name] })
	slices.Sort(requests)
	if len(requests) == 0 {
		return nil, nil
	}
	return execute(requestsTemplate, struct {
		Package  string
		Requests []string
	}{files[0].Name.Name, requests})
}

// requestsOf names the exported structs that a service method takes.
func requestsOf(d *ast.GenDecl) []string {
	var names []string
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok || !t.Name.IsExported() || !strings.HasSuffix(t.Name.Name, "Request") {
			continue
		}
		if _, ok := t.Type.(*ast.StructType); ok {
			names = append(names, t.Name.Name)
		}
	}
	return names
}
