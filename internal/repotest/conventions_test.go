package repotest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sourceFile is a Go file of this module that is no test.
type sourceFile struct {
	path  string // from the root, with slashes
	file  *ast.File
	files *token.FileSet
}

func (s sourceFile) dir() string { return filepath.ToSlash(filepath.Dir(s.path)) }

// isProgram reports whether users run it instead of importing it.
func (s sourceFile) isProgram() bool { return under(s.path, "cmd") || under(s.path, "examples") }

func (s sourceFile) line(pos token.Pos) int { return s.files.Position(pos).Line }

func (s sourceFile) isInternal() bool { return strings.Contains("/"+s.path, "/internal/") }

func under(path, dir string) bool { return strings.HasPrefix(path, dir+"/") }

// sourceFiles are all non-test files of the module; nested modules are not part of it.
func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path == "." {
				return nil
			}
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files = append(files, parseSource(t, path, nil))
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// parseSource reads a file, or source when that is given.
func parseSource(t *testing.T, path string, source any) sourceFile {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	require.NoError(t, err)
	return sourceFile{filepath.ToSlash(path), file, files}
}

// A convention names what one file does against it.
type convention func(sourceFile) []string

func TestConventions(t *testing.T) {
	t.Parallel()
	files := sourceFiles(t)
	for name, check := range map[string]convention{
		"service methods": serviceMethods,
		"doc comments":    docComments,
		"resty is hidden": exposedResty,
		"no hidden state": hiddenState,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems []string
			for _, file := range files {
				for _, problem := range check(file) {
					problems = append(problems, file.path+": "+problem)
				}
			}
			require.Empty(t, problems)
		})
	}
}

// A check that finds nothing anywhere proves nothing: each has to find these.
func TestConventionsFindWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check convention
		body  string
		want  []string
	}{
		"service method": {
			serviceMethods,
			"func (w WidgetService) Get(id string) error { return nil }",
			[]string{
				"WidgetService.Get: the receiver is called s", "WidgetService.Get: the first parameter is ctx context.Context",
				"WidgetService.Get: the last parameter is opts ...RequestOption", "WidgetService.Get: //dingtalk:op METHOD PATH is missing",
			},
		},
		"service method without error": {
			serviceMethods,
			"//dingtalk:op GET /widgets\nfunc (s *WidgetService) Get(ctx context.Context, opts ...RequestOption) string { return `` }",
			[]string{"WidgetService.Get: the last result is error, or iter.Seq2[…, error]"},
		},
		"service iterator": {
			serviceMethods,
			"func (s *WidgetService) All(ctx context.Context, opts ...RequestOption) iter.Seq2[string, error] { return nil }",
			nil,
		},
		"unexported method": {serviceMethods, "func (s *WidgetService) page() {}", nil},
		"no comments": {
			docComments,
			"type T struct {\n\tA, b int\n\n\tc, D string // d\n\n\tE int\n}\ntype I interface { N(); M() }\nfunc F() {}\nfunc (T) G() {}\nfunc (u) H() {}\nconst C = 1\nvar V, w = 1, 2\ntype u struct { E int }",
			[]string{"T", "T.E", "I", "F", "T.G", "C", "V"},
		},
		"comments": {
			docComments,
			"// T is one.\ntype T struct {\n\t// A, B and C are more.\n\tA, B int\n\tC int\n}\n\n// F is one.\nfunc F() {}\n\n// Group.\nconst (\n\tC = 1\n\tD = 2\n)",
			nil,
		},
		"resty in a signature": {
			exposedResty,
			"func F() *resty.Client { return nil }\nfunc (T) G(func(*resty.Request)) {}\nfunc h() *resty.Client { return nil }",
			[]string{"F", "T.G"},
		},
		"resty in a type": {
			exposedResty,
			"type T struct { Client *resty.Client }\ntype U struct { *resty.Client }\ntype V = resty.Client\ntype W struct { client *resty.Client }\nvar X *resty.Client",
			[]string{"T", "U", "V", "X"},
		},
		"hidden state": {
			hiddenState,
			"func init() {}\nfunc F() { os.Getenv(``); os.LookupEnv(``); os.Environ(); os.Getpid() }",
			[]string{"func init", "os.Getenv", "os.LookupEnv", "os.Environ"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := parseSource(t, "widget.go", "package dingoa\n\n"+test.body)
			require.Equal(t, test.want, test.check(source))
		})
	}
}

func TestServicesAreFound(t *testing.T) {
	t.Parallel()
	methods := 0
	for _, source := range sourceFiles(t) {
		for _, f := range functionsOf(source.file) {
			if isServiceMethod(f) {
				methods++
			}
		}
	}
	require.Greater(t, methods, 8)
}

func functionsOf(file *ast.File) []*ast.FuncDecl {
	var found []*ast.FuncDecl
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			found = append(found, f)
		}
	}
	return found
}

// receiverType is the type that f is a method of, empty for a function.
func receiverType(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	name := f.Recv.List[0].Type
	if star, ok := name.(*ast.StarExpr); ok {
		name = star.X
	}
	if generic, ok := name.(*ast.IndexExpr); ok {
		name = generic.X
	}
	if ident, ok := name.(*ast.Ident); ok {
		return ident.Name
	}
	return ""
}

func fullName(f *ast.FuncDecl) string {
	if r := receiverType(f); r != "" {
		return r + "." + f.Name.Name
	}
	return f.Name.Name
}

// isPublic reports whether users can call f.
func isPublic(f *ast.FuncDecl) bool {
	return f.Name.IsExported() && (f.Recv == nil || ast.IsExported(receiverType(f)))
}

func isServiceMethod(f *ast.FuncDecl) bool {
	return isPublic(f) && strings.HasSuffix(receiverType(f), "Service")
}

// serviceMethods: a reader who knows one method knows them all, and the
// generator finds the operation of each.
func serviceMethods(source sourceFile) []string {
	var problems []string
	for _, f := range functionsOf(source.file) {
		if !isServiceMethod(f) {
			continue
		}
		report := func(problem string) { problems = append(problems, fullName(f)+": "+problem) }
		if names := f.Recv.List[0].Names; len(names) != 1 || names[0].Name != "s" {
			report("the receiver is called s")
		}
		params := f.Type.Params.List
		if len(params) == 0 || typeText(params[0].Type) != "context.Context" || len(params[0].Names) != 1 || params[0].Names[0].Name != "ctx" {
			report("the first parameter is ctx context.Context")
		}
		if len(params) == 0 || strings.Replace(typeText(params[len(params)-1].Type), "dingoa.", "", 1) != "...RequestOption" {
			report("the last parameter is opts ...RequestOption")
		}
		if !endsInError(f) {
			report("the last result is error, or iter.Seq2[…, error]")
		}
		walksPages := strings.HasPrefix(f.Name.Name, "All") // calls a method that has the directive
		if !walksPages && !hasDirective(f) {
			report("//dingtalk:op METHOD PATH is missing")
		}
	}
	return problems
}

func endsInError(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	results := f.Type.Results.List
	last := typeText(results[len(results)-1].Type)
	return last == "error" || strings.HasPrefix(last, "iter.Seq2[") && strings.HasSuffix(last, ", error]")
}

func hasDirective(f *ast.FuncDecl) bool {
	if f.Doc == nil {
		return false
	}
	for _, comment := range f.Doc.List {
		if address, ok := strings.CutPrefix(comment.Text, "//dingtalk:op "); ok && len(strings.Fields(address)) == 2 {
			return true
		}
	}
	return false
}

// typeText is a type as it is written, as far as service methods use them.
func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeText(e.X)
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	case *ast.Ellipsis:
		return "..." + typeText(e.Elt)
	case *ast.IndexListExpr:
		var args []string
		for _, arg := range e.Indices {
			args = append(args, typeText(arg))
		}
		return typeText(e.X) + "[" + strings.Join(args, ", ") + "]"
	}
	return fmt.Sprintf("%T", e)
}

// docComments: every name that users can write says what it is.
func docComments(source sourceFile) []string {
	if source.isInternal() || source.isProgram() {
		return nil
	}
	var missing []string
	for _, decl := range source.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if isPublic(d) && d.Doc == nil {
				missing = append(missing, fullName(d))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				missing = append(missing, undocumented(source, d, spec)...)
			}
		}
	}
	return missing
}

func undocumented(source sourceFile, d *ast.GenDecl, spec ast.Spec) []string {
	var missing []string
	switch s := spec.(type) {
	case *ast.ValueSpec:
		if d.Doc != nil || s.Doc != nil || s.Comment != nil {
			return nil
		}
		for _, name := range s.Names {
			if name.IsExported() {
				missing = append(missing, name.Name)
			}
		}
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return nil
		}
		if d.Doc == nil && s.Doc == nil {
			missing = append(missing, s.Name.Name)
		}
		for _, name := range undocumentedMembers(source, s.Type) {
			missing = append(missing, s.Name.Name+"."+name)
		}
	}
	return missing
}

// undocumentedMembers: a comment goes for all members right below it, that of
// the type included.
func undocumentedMembers(source sourceFile, e ast.Expr) []string {
	var missing []string
	documented, lastLine := true, source.line(e.Pos())
	for _, field := range membersOf(e) {
		isBelow := source.line(field.Pos()) <= lastLine+1
		documented = field.Doc != nil || field.Comment != nil || documented && isBelow
		lastLine = source.line(field.End())
		for _, name := range field.Names {
			if name.IsExported() && !documented {
				missing = append(missing, name.Name)
			}
		}
	}
	return missing
}

// membersOf are the fields of a struct or the methods of an interface.
func membersOf(e ast.Expr) []*ast.Field {
	switch e := e.(type) {
	case *ast.StructType:
		return e.Fields.List
	case *ast.InterfaceType:
		return e.Methods.List
	}
	return nil
}

// exposedResty: the HTTP library can be replaced without breaking users.
func exposedResty(source sourceFile) []string {
	var exposing []string
	for _, decl := range source.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if isPublic(d) && usesResty(d.Type) {
				exposing = append(exposing, fullName(d))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				exposing = append(exposing, exposingSpec(spec)...)
			}
		}
	}
	return exposing
}

func exposingSpec(spec ast.Spec) []string {
	var exposing []string
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && usesResty(s) {
				exposing = append(exposing, name.Name)
			}
		}
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return nil
		}
		exposed := s.Type
		if structType, ok := exposed.(*ast.StructType); ok {
			exposed = publicFields(structType)
		}
		if usesResty(exposed) {
			exposing = append(exposing, s.Name.Name)
		}
	}
	return exposing
}

func publicFields(s *ast.StructType) *ast.StructType {
	public := &ast.StructType{Fields: &ast.FieldList{}}
	for _, field := range s.Fields.List {
		embedded := len(field.Names) == 0
		for _, name := range field.Names {
			embedded = embedded || name.IsExported()
		}
		if embedded {
			public.Fields.List = append(public.Fields.List, field)
		}
	}
	return public
}

func usesResty(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == "resty" {
				found = true
			}
		}
		return !found
	})
	return found
}

// hiddenState: importing the SDK does nothing, and only its arguments steer it.
func hiddenState(source sourceFile) []string {
	if source.isProgram() {
		return nil
	}
	var problems []string
	for _, f := range functionsOf(source.file) {
		if f.Recv == nil && f.Name.Name == "init" {
			problems = append(problems, "func init")
		}
	}
	ast.Inspect(source.file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			switch name := typeText(selector); name {
			case "os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv":
				problems = append(problems, name)
			}
		}
		return true
	})
	return problems
}
