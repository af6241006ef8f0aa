package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// overlay collects the mutants of a package and the files with them in.
type overlay struct {
	root, work string
	replace    map[string]string
	mutants    []mutant
}

// chosen asks which mutant to be. Problems that nobody looks at stand for those
// of a check that is missing.
const chosen = `package %s

import (
	"os"
	"strconv"
)

var chosenMutant = func() int { n, _ := strconv.Atoi(os.Getenv("MUTANT")); return n }()

func mutant(n int) bool { return chosenMutant == n }
`

const unheard = `
func unheard(n int, p *problems) *problems {
	if mutant(n) {
		return &problems{}
	}
	return p
}
`

// changed are the limits of package limit as variables.
const changed = `
func changed[T int | int64](low, high int, v T) T {
	if mutant(low) {
		return v - 1
	}
	if mutant(high) {
		return v + 1
	}
	return v
}

func enumeration(narrow, wide int, v string) string {
	if mutant(narrow) {
		_, rest, _ := strings.Cut(v, ",")
		return rest
	}
	if mutant(wide) {
		return v + ",77"
	}
	return v
}
`

func (o *overlay) mutate(t target) error {
	dir := filepath.Join(o.root, t.dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	name := ""
	for _, entry := range entries {
		file := entry.Name()
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		path := filepath.Join(dir, file)
		f, err := o.file(path, t.refuses.MatchString(file))
		if err != nil {
			return err
		}
		name = f.Name.Name
		collectLimits(f, used)
	}
	helpers := fmt.Sprintf(chosen, name)
	if t.dir == "." {
		helpers += unheard
		if err := o.limits(used); err != nil {
			return err
		}
	}
	return o.put(filepath.Join(dir, "mutant.go"), []byte(helpers))
}

// put makes the overlay have data at path.
func (o *overlay) put(path string, data []byte) error {
	copied := filepath.Join(o.work, fmt.Sprintf("%d.go", len(o.replace)))
	o.replace[path] = copied
	return os.WriteFile(copied, data, 0o600)
}

func (o *overlay) build(dir, binary string) error {
	data, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		return err
	}
	description := filepath.Join(o.work, "overlay.json")
	if err := os.WriteFile(description, data, 0o600); err != nil {
		return err
	}
	c := exec.Command("go", "test", "-vet=off", "-overlay", description, "-c", "-o", binary, "./"+dir) //nolint:noctx // of this repository
	c.Dir = o.root
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("the mutants of %s do not build: %w\n%s", dir, err, out)
	}
	return nil
}

func (o *overlay) file(path string, refuses bool) (*ast.File, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	m := mutator{overlay: o, fset: fset, file: path, refuses: refuses}
	before := len(o.mutants)
	for _, decl := range f.Decls {
		if d, ok := decl.(*ast.FuncDecl); ok && d.Body != nil {
			m.function(d)
		}
	}
	if len(o.mutants) == before {
		return f, nil
	}
	f.Comments = directives(f.Comments) // the rest would land in odd places
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, f); err != nil {
		return nil, err
	}
	return f, o.put(path, b.Bytes())
}

// directives keeps what the compiler reads.
func directives(groups []*ast.CommentGroup) []*ast.CommentGroup {
	var kept []*ast.CommentGroup
	for _, g := range groups {
		if strings.HasPrefix(g.List[0].Text, "//go:") {
			kept = append(kept, g)
		}
	}
	return kept
}

// limits makes variables of the constants of package limit, and mutants of those
// that a check uses.
func (o *overlay) limits(used map[string]bool) error {
	path := filepath.Join(o.root, "internal/limit/limit_gen.go")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		return err
	}
	var source strings.Builder
	source.WriteString(strings.Replace(fmt.Sprintf(chosen, "limit"), "\t\"strconv\"\n", "\t\"strconv\"\n\t\"strings\"\n", 1) + changed)
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			continue
		}
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)           //nolint:errcheck,forcetypeassert // of constants
			value := v.Values[0].(*ast.BasicLit) //nolint:errcheck,forcetypeassert // generated so
			name, line := v.Names[0].Name, fset.Position(v.Pos()).Line
			if !used[name] {
				_, _ = fmt.Fprintf(&source, "\nconst %s = %s\n", name, value.Value)
				continue
			}
			place := fmt.Sprintf("internal/limit/limit_gen.go:%d", line)
			if value.Kind == token.STRING {
				_, _ = fmt.Fprintf(&source, "\nvar %s = enumeration(%d, %d, %s)\n", name,
					o.add(place, "one value fewer", name), o.add(place, "one value more", name), value.Value)
				continue
			}
			kind := "int"
			if strings.HasSuffix(name, "PageNumberMin") || strings.HasSuffix(name, "PageNumberMax") || strings.HasSuffix(name, "NextTokenMin") {
				kind = "int64" // as cursors are counted
			}
			_, _ = fmt.Fprintf(&source, "\nvar %s = changed[%s](%d, %d, %s)\n", name, kind,
				o.add(place, "one less", name), o.add(place, "one more", name), value.Value)
		}
	}
	formatted, err := format.Source([]byte(source.String()))
	if err != nil {
		return err
	}
	return o.put(path, formatted)
}

func collectLimits(f *ast.File, used map[string]bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "limit" {
				used[s.Sel.Name] = true
			}
		}
		return true
	})
}

func (o *overlay) add(place, what, source string) int {
	n := len(o.mutants) + 1
	o.mutants = append(o.mutants, mutant{n, place, what, source})
	return n
}
