package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// rowVisitor takes the rows of a table one cell after the other.
type rowVisitor interface {
	startRow(i int)
	cell(c *Value)
}

// scanTable reads every shape in which tables come: rows as lists of cells, as
// {"rowValue": cells}, and as {label: value} or {id: value}; cells as {"name": …, "value": …} or
// with label and key in place of name and id. A table that nobody filled in may
// come as the list of its columns.
func scanTable(text string, to rowVisitor) error {
	s := scanner{text: text}
	if s.peek() != '[' {
		return errors.New("must be a list of rows")
	}
	if s.startsWith("props") {
		return s.columns(to)
	}
	var c Value
	cell := to.cell
	i := 0
	err := s.list(func() error {
		to.startRow(i)
		i++
		switch s.peek() {
		case '[':
			return s.cells(&c, cell)
		case '{':
			return s.row(&c, cell)
		case 0:
			return s.malformed()
		}
		return fmt.Errorf("has a row %d that is neither a list of cells nor an object", i-1)
	})
	if err != nil {
		return err
	}
	return s.end()
}

// startsWith reports whether the list begins with an object that has the member.
func (s *scanner) startsWith(member string) bool {
	look := *s
	found := false
	if look.take('[') && look.peek() == '{' {
		_ = look.object(func(key string) error { // what is malformed is found again
			found = found || key == member
			_, err := look.value()
			return err
		})
	}
	return found
}

// columns reads a list of components, {"componentName": …, "props": …, "value": …}:
// the cells of one row if one of them has a value, else no row.
func (s *scanner) columns(to rowVisitor) error {
	cells, err := s.components()
	if err != nil || !slices.ContainsFunc(cells, isFilled) {
		return err
	}
	to.startRow(0)
	for i := range cells {
		to.cell(&cells[i])
	}
	return nil
}

// components reads a list of cells that nothing follows.
func (s *scanner) components() ([]Value, error) {
	var list []Value
	var c Value
	err := s.cells(&c, func(c *Value) { list = append(list, *c) })
	if err == nil {
		err = s.end()
	}
	return list, err
}

func isFilled(v Value) bool { return !isNothing(v.Value) || !isNothing(v.ExtValue) }

func (s *scanner) cells(c *Value, visit func(c *Value)) error {
	return s.list(func() error {
		*c = Value{}
		err := s.object(func(key string) error {
			text, err := s.value()
			switch key {
			case "name", "label":
				c.Name = text
			case "value":
				c.Value = text
			case "extValue", "extendValue", "ext_value":
				c.ExtValue = text
			case "id", "key":
				c.ID = text
			case "bizAlias", "biz_alias":
				c.BizAlias = text
			case "componentType", "component_type", "componentName", "component_name":
				c.ComponentType = text
			case "props":
				return c.setProps(text)
			}
			return err
		})
		if err == nil {
			visit(c)
		}
		return err
	})
}

// setProps takes the names of a component that comes as in a schema.
func (v *Value) setProps(text string) error {
	s := scanner{text: text}
	return s.object(func(key string) error {
		member, err := s.value()
		switch key {
		case "id":
			v.ID = member
		case "label":
			v.Name = member
		case "bizAlias", "biz_alias":
			v.BizAlias = member
		}
		return err
	})
}

// row reads a row that is an object.
func (s *scanner) row(c *Value, visit func(c *Value)) error {
	hasCells := false
	start := s.pos
	err := s.object(func(key string) error {
		isCells := key == "rowValue" && s.peek() == '['
		hasCells = hasCells || isCells
		_, err := s.value()
		return err
	})
	if err != nil {
		return err
	}
	s.pos = start
	return s.object(func(key string) error {
		if hasCells && key == "rowValue" {
			return s.cells(c, visit)
		}
		text, err := s.value()
		if err == nil && !hasCells { // else it is a number of the row, or the like
			*c = Value{Name: key, Value: text}
			if isComponentID(key) {
				c.ID = key
			}
			visit(c)
		}
		return err
	})
}

// isComponentID reports a key such as TextField_1UE1ZY1A28AO0 or TextField-JAM4DKLB.
func isComponentID(key string) bool {
	at := strings.IndexAny(key, "_-")
	return at > 0 && (strings.HasSuffix(key[:at], "Field") || slices.Contains([]string{textNote, attachmentField}, key[:at]))
}

// isNote reports a text of the form (文字说明), which may have the label of a component
// that people fill in.
func (v *Value) isNote() bool {
	return v.ComponentType == textNote || v.ComponentType == "" && strings.HasPrefix(v.ID, textNote)
}

// valueRows collects the rows of a table as they are.
type valueRows []Values

func (r *valueRows) startRow(int)  { *r = append(*r, nil) }
func (r *valueRows) cell(c *Value) { (*r)[len(*r)-1] = append((*r)[len(*r)-1], *c) }
