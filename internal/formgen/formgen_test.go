package formgen_test

import (
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
	"github.com/dingoa/dingoa/internal/formgen"
)

func config() formgen.Config { return formgen.Config{Package: "leave", Type: "Leave"} }

// schemaOf is a form of text components, one for each label.
func schemaOf(labels ...string) *form.Schema {
	s := &form.Schema{ProcessCode: "PROC-1", Name: "请假"}
	for i, label := range labels {
		s.Components = append(s.Components, form.Component{Type: "TextField", ID: "TextField-" + strconv.Itoa(i+1), Label: label})
	}
	return s
}

// generated is a Go file that compiles.
type generated struct {
	text  string
	scope *types.Scope
}

// compile checks that source is formatted, and that it compiles.
func compile(t *testing.T, packages imports, source []byte) generated {
	t.Helper()
	formatted, err := format.Source(source)
	require.NoError(t, err)
	require.Equal(t, string(formatted), string(source))
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "leave.go", source, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	require.True(t, ast.IsGenerated(file))
	require.True(t, formgen.IsGenerated(source))
	pkg, err := (&types.Config{Importer: packages}).Check("leave", files, []*ast.File{file}, nil)
	require.NoError(t, err, "%s", source)
	return generated{string(source), pkg.Scope()}
}

// fields are the fields of a struct, with their tags.
func (g generated) fields(name string) (fields []*types.Var, tags []string) {
	s, ok := g.scope.Lookup(name).Type().Underlying().(*types.Struct)
	if !ok {
		return nil, nil
	}
	for i := range s.NumFields() {
		fields = append(fields, s.Field(i))
		tags = append(tags, reflect.StructTag(s.Tag(i)).Get("form"))
	}
	return fields, tags
}

func (g generated) fieldNames(name string) []string {
	var names []string
	fields, _ := g.fields(name)
	for _, field := range fields {
		names = append(names, field.Name())
	}
	return names
}

// imports are the compiled packages that a generated file imports.
type imports map[string]*types.Package

func (i imports) Import(path string) (*types.Package, error) { return i[path], nil }

func newImports(tb testing.TB) imports {
	tb.Helper()
	list := exec.CommandContext(tb.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "github.com/dingoa/dingoa/form")
	output, err := list.Output()
	require.NoError(tb, err)
	exports := map[string]string{}
	for line := range strings.Lines(string(output)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", open)
	packages := imports{}
	for _, path := range []string{"time", "github.com/dingoa/dingoa/form"} {
		packages[path], err = compiled.Import(path)
		require.NoError(tb, err)
	}
	return packages
}

func generate(t *testing.T, packages imports, schema *form.Schema, cfg formgen.Config) generated {
	t.Helper()
	source, err := formgen.Generate(schema, cfg)
	require.NoError(t, err)
	return compile(t, packages, source)
}

func TestNames(t *testing.T) {
	t.Parallel()
	packages := newImports(t)
	for label, want := range map[string]string{
		"请假类型":       "QingJiaLeiXing",
		"绿色":         "LvSe",
		"PO 编号":      "PoBianHao",
		"ＰＯ编号":       "PoBianHao",
		"PO编号":       "PoBianHao",
		"userId":     "UserID",
		"user_name":  "UserName",
		"官网 URL":     "GuanWangURL",
		"iPhone 型号":  "IPhoneXingHao",
		"3天以上":       "Field3TianYiShang",
		"第3季度":       "Di3JiDu",
		"type":       "Type",
		"func":       "Func",
		"_x":         "X",
		"Größe":      "Größe",
		"…":          "Field1",
		"🏖️":         "Field1",
		"":           "Field1",
		"ひらがな":       "Field1",
		"㐂":          "Field1",
		"a`b\"c'd\\": "ABCD",
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			file := generate(t, packages, schemaOf(label), config())
			require.Equal(t, []string{want}, file.fieldNames("Leave"))
		})
	}
}
