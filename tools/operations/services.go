package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// directive precedes the address of the operation that a service method sends.
const directive = "//dingtalk:op "

// services are the methods that send operations, by the name that
// api/operations.yaml gives them: "Instances.Create" of the root package, "todo.Add"
// of a package for another family of the vendor's API.
type services map[string]method

type method struct {
	name       string // Go name, such as "InstanceService.Create"
	pkg        string // directory of the package, empty for the root
	doc        string
	operations []string // addresses in its directives
}

// parseServices reads the exported methods of every exported …Service type that
// is a field of Client.
func parseServices(root string) (services, error) {
	files, err := parseRoot(root)
	if err != nil {
		return nil, err
	}
	fields := clientFields(files)
	found := services{}
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || !f.Name.IsExported() {
				continue
			}
			service := receiver(f)
			if field := fields[service]; field != "" {
				found[field+"."+f.Name.Name] = newMethod(service, f)
			}
		}
	}
	families, err := familyDirs(root)
	if err != nil {
		return nil, err
	}
	for _, dir := range families {
		files, err := parseRoot(filepath.Join(root, dir))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.IsExported() && receiver(f) == "Service" {
					m := newMethod("Service", f)
					m.pkg = dir
					found[dir+"."+f.Name.Name] = m
				}
			}
		}
	}
	return found, nil
}

// familyDirs are the packages beside the root that send operations.
func familyDirs(root string) ([]string, error) {
	sources, err := filepath.Glob(filepath.Join(root, "*", "*.go"))
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, source := range sources {
		dir := filepath.Base(filepath.Dir(source))
		if slices.Contains(dirs, dir) || strings.HasSuffix(source, "_test.go") {
			continue
		}
		data, err := os.ReadFile(source)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(data, []byte("\n"+directive)) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

func parseRoot(root string) ([]*ast.File, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// clientFields maps a service type to its field in Client.
func clientFields(files []*ast.File) map[string]string {
	fields := map[string]string{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != "Client" {
				return true
			}
			client, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, f := range client.Fields.List {
				service := typeName(f.Type)
				if strings.HasSuffix(service, "Service") && len(f.Names) == 1 && f.Names[0].IsExported() {
					fields[service] = f.Names[0].Name
				}
			}
			return false
		})
	}
	return fields
}

func receiver(f *ast.FuncDecl) string { return typeName(f.Recv.List[0].Type) }

func typeName(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if name, ok := e.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func newMethod(service string, f *ast.FuncDecl) method {
	m := method{name: service + "." + f.Name.Name}
	if f.Doc == nil {
		return m
	}
	m.doc = f.Doc.Text()
	for _, comment := range f.Doc.List {
		if address, ok := strings.CutPrefix(comment.Text, directive); ok {
			m.operations = append(m.operations, strings.TrimSpace(address))
		}
	}
	return m
}

// checkServices compares the rows with the directives above the methods.
func (t *table) checkServices(found services) error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	byAddress := map[string]*operation{}
	for _, o := range t.leading() {
		byAddress[o.address()] = o
	}
	for name, m := range found {
		for _, address := range m.operations {
			o := byAddress[address]
			switch {
			case o == nil:
				report("%s: %s%s: api/operations.yaml has no such operation", m.name, directive, address)
			case !slices.Contains(o.Go, name):
				report("%s sends %s: write status: done and go: [%s] in its row of api/operations.yaml", m.name, o.ID, name)
			case !strings.Contains(m.doc, o.docURL()):
				report("%s: its comment lacks the vendor's page %s", m.name, o.docURL())
			}
		}
	}
	for _, o := range t.leading() {
		for _, name := range o.Go {
			m, ok := found[name]
			switch {
			case !ok:
				report("%s: go names %s, which is no exported method of a service in Client, nor of a Service", o.ID, name)
			case !slices.Contains(m.operations, o.address()):
				report("%s: write %s%s above it", m.name, directive, o.address())
			}
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}
