package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutator makes mutants of the checks in one file.
type mutator struct {
	*overlay

	fset    *token.FileSet
	file    string
	refuses bool // a returned error is a refusal, too
	// collectors are the variables that hold problems, and whether they are pointers.
	collectors map[string]bool
	// saysProblem reports a function of package form that returns what is wrong.
	saysProblem bool
}

func (m *mutator) function(f *ast.FuncDecl) {
	m.collectors = map[string]bool{}
	if f.Recv != nil && receiverName(f) == "problems" {
		for _, name := range f.Recv.List[0].Names {
			m.collectors[name.Name] = true
		}
	}
	for _, p := range f.Type.Params.List {
		if isProblems(p.Type) {
			_, pointer := p.Type.(*ast.StarExpr)
			for _, name := range p.Names {
				m.collectors[name.Name] = pointer
			}
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Type != nil && isProblems(v.Type) {
			m.collectors[v.Names[0].Name] = false
		}
		return true
	})
	m.saysProblem = strings.HasSuffix(strings.ToLower(f.Name.Name), "problem")
	if f.Type.Results != nil {
		for _, r := range f.Type.Results.List {
			m.saysProblem = m.saysProblem || len(r.Names) == 1 && r.Names[0].Name == "problem"
		}
	}
	m.walk(f.Body)
}

func receiverName(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func isProblems(t ast.Expr) bool {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.Name == "problems"
}

// walk mutates the conditions under which something is refused, and the calls that
// collect problems.
func (m *mutator) walk(body ast.Node) {
	var nodes []ast.Node // outer ones first, as they were written
	ast.Inspect(body, func(n ast.Node) bool {
		nodes = append(nodes, n)
		return true
	})
	for _, n := range nodes {
		switch s := n.(type) {
		case *ast.IfStmt:
			if m.refusing(s.Body.List) && !isFailure(s.Cond) {
				s.Cond = m.condition(s.Cond)
			}
		case *ast.SwitchStmt:
			if s.Tag == nil {
				m.cases(s)
			}
		case *ast.CallExpr:
			m.call(s)
		}
	}
}

func (m *mutator) cases(s *ast.SwitchStmt) {
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause) //nolint:errcheck,forcetypeassert // nothing else is in a switch
		if len(clause.List) == 1 && m.refusing(clause.Body) && !isFailure(clause.List[0]) {
			clause.List[0] = m.condition(clause.List[0])
		}
	}
}

// isFailure reports a condition that hands on somebody else's refusal.
func isFailure(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	if !ok {
		return false
	}
	x, ok := b.X.(*ast.Ident)
	y, isNil := b.Y.(*ast.Ident)
	return ok && isNil && strings.HasPrefix(x.Name, "err") && y.Name == "nil"
}

// condition is never true for one mutant, and the opposite for another.
func (m *mutator) condition(e ast.Expr) ast.Expr {
	source := m.text(e)
	never := m.add(m.place(e), "never", source)
	opposite := m.add(m.place(e), "opposite", source)
	is := func(n int) ast.Expr {
		return &ast.CallExpr{Fun: ast.NewIdent("mutant"), Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(n)}}}
	}
	and := &ast.BinaryExpr{X: &ast.ParenExpr{X: e}, Op: token.LAND, Y: &ast.UnaryExpr{Op: token.NOT, X: is(never)}}
	return &ast.BinaryExpr{X: &ast.ParenExpr{X: and}, Op: token.NEQ, Y: is(opposite)}
}

// call makes the problems of one call, and of what it hands its collector to, unheard.
func (m *mutator) call(c *ast.CallExpr) {
	if method, ok := c.Fun.(*ast.SelectorExpr); ok {
		if name, ok := method.X.(*ast.Ident); ok && m.collects(name) && !slices.Contains([]string{"err", "add"}, method.Sel.Name) {
			method.X = m.unheard(c, name)
		}
	}
	for i, arg := range c.Args {
		if u, ok := arg.(*ast.UnaryExpr); ok && u.Op == token.AND {
			arg = u.X
		}
		if name, ok := arg.(*ast.Ident); ok && m.collects(name) && (m.collectors[name.Name] || arg != c.Args[i]) {
			c.Args[i] = m.unheard(c, name)
		}
	}
}

func (m *mutator) collects(name *ast.Ident) bool {
	_, ok := m.collectors[name.Name]
	return ok && filepath.Dir(m.file) == m.root // form collects in another way
}

func (m *mutator) unheard(c *ast.CallExpr, name *ast.Ident) ast.Expr {
	var collector ast.Expr = ast.NewIdent(name.Name)
	if !m.collectors[name.Name] {
		collector = &ast.UnaryExpr{Op: token.AND, X: collector}
	}
	n := m.add(m.place(c), "deleted", m.text(c))
	return &ast.CallExpr{Fun: ast.NewIdent("unheard"), Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(n)}, collector}}
}

// refusing reports whether one of the statements refuses something.
func (m *mutator) refusing(statements []ast.Stmt) bool {
	return slices.ContainsFunc(statements, func(s ast.Stmt) bool {
		switch s := s.(type) {
		case *ast.ExprStmt:
			c, ok := s.X.(*ast.CallExpr)
			return ok && (strings.HasSuffix(called(c), ".add") || m.refuses && strings.HasSuffix(called(c), ".report"))
		case *ast.ReturnStmt:
			return slices.ContainsFunc(s.Results, m.isRefusal)
		}
		return false
	})
}

// isRefusal reports a new error, or one of the package's own.
func (m *mutator) isRefusal(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		switch called(e) {
		case "unsupported":
			return true
		case "errors.New", "fmt.Errorf", "errorWith", "errorFrom":
			return m.refuses
		}
		return m.refuses && strings.HasSuffix(called(e), "rror") || m.saysProblem && called(e) == "fmt.Sprintf"
	case *ast.UnaryExpr:
		literal, ok := e.X.(*ast.CompositeLit)
		return ok && m.refuses && strings.HasSuffix(m.text(literal.Type), "Error")
	case *ast.BasicLit:
		return m.saysProblem && e.Kind == token.STRING && len(e.Value) > len(`""`)
	case *ast.Ident:
		return m.refuses && len(e.Name) > 3 && strings.HasPrefix(strings.ToLower(e.Name), "err")
	}
	return false
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	}
	return ""
}

func (m *mutator) place(n ast.Node) string {
	at := m.fset.Position(n.Pos())
	name, err := filepath.Rel(m.root, at.Filename)
	if err != nil {
		name = at.Filename
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(name), at.Line)
}

// text is the source of a node in one line.
func (m *mutator) text(n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return fmt.Sprint(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
