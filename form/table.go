package form

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// tableCodec is for a slice of structs: each is a row of a table (明细).
func tableCodec(t reflect.Type) (codec, error) {
	row := t.Elem()
	isPointer := row.Kind() == reflect.Pointer
	if isPointer {
		row = row.Elem()
	}
	p, err := planOf(row, true)
	switch {
	case err != nil:
		return codec{}, err
	case len(p.fields) == 0 && p.rest == nil:
		return codec{}, fmt.Errorf("has rows of type %s, of which no field has a form tag", row)
	}
	return codec{
		usual:  tableField,
		absent: func(v reflect.Value) bool { return v.Len() == 0 },
		append: func(w *writer, b []byte, v reflect.Value) ([]byte, error) {
			for i := range v.Len() {
				row := v.Index(i)
				if isPointer {
					if row.IsNil() {
						return b, fmt.Errorf("has a nil pointer for row %d", i)
					}
					row = row.Elem()
				}
				w.row = i
				b = w.cells(append(b, separator(i)), p, row)
			}
			return append(b, ']'), nil
		},
		parse: func(r *reader, in *Value, v reflect.Value) error {
			v.SetZero()
			rows := structRows{r: r, p: p, rows: v, isPointer: isPointer, seen: make([]bool, len(p.fields)), first: make([]bool, len(p.fields))}
			return scanTable(in.Value, &rows)
		},
	}, nil
}

// cells writes a row as [{"name":label,"value":text},…].
func (w *writer) cells(b []byte, p *plan, row reflect.Value) []byte {
	b = append(b, '[')
	start := len(b)
	for i := range p.fields {
		f := &p.fields[i]
		v, ok := w.present(f, row)
		if !ok {
			continue
		}
		before := len(b)
		if before > start {
			b = append(b, ',')
		}
		b = append(b, f.cell...)
		switch {
		case f.isString:
			b = appendQuoted(b, w.string(f, v))
		case f.isPlain:
			b, _, ok = w.append(f, append(b, '"'), v)
			b = append(b, '"')
		default:
			var middle int
			w.scratch, middle, ok = w.append(f, w.scratch[:0], v)
			b = appendCell(b, w.scratch[:middle], w.scratch[middle:])
		}
		if !ok {
			b = b[:before]
			continue
		}
		b = append(b, '}')
	}
	for _, cell := range restOf(p, row) {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(appendRaw(b, &cell), '}')
	}
	return append(b, ']')
}

func appendCell[T string | []byte](b []byte, value, ext T) []byte {
	b = appendQuoted(b, value)
	if len(ext) > 0 {
		b = appendQuoted(append(b, `,"extValue":`...), ext)
	}
	return b
}

// appendRaw writes a cell up to its closing brace.
func appendRaw(b []byte, cell *Value) []byte {
	f := field{tag: tag{label: cell.Name, id: cell.ID, alias: cell.BizAlias}, name: cell.Name}
	return appendCell(append(b, f.cellStart()...), cell.Value, cell.ExtValue)
}

// rowVisitor takes the rows of a table one cell after the other.
type rowVisitor interface {
	startRow(i int)
	cell(c *Value)
	endRow()
}

// scanTable reads every shape in which tables come: rows as lists of cells, as
// {"rowValue": cells}, and as {label: value}; cells as {"name": …, "value": …} or
// with label and key in place of name and id.
func scanTable(text string, to rowVisitor) error {
	s := scanner{text: text}
	if s.peek() != '[' {
		return errors.New("must be a list of rows")
	}
	var cell Value
	i := 0
	err := s.list(func() error {
		to.startRow(i)
		var err error
		switch s.peek() {
		case '[':
			err = s.cells(&cell, to)
		case '{':
			err = s.row(&cell, to)
		case 0:
			return s.malformed()
		default:
			return fmt.Errorf("has a row %d that is neither a list of cells nor an object", i)
		}
		if err != nil {
			return err
		}
		to.endRow()
		i++
		return nil
	})
	if err != nil {
		return err
	}
	return s.end()
}

func (s *scanner) cells(c *Value, to rowVisitor) error {
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
			case "componentType", "component_type":
				c.ComponentType = text
			}
			return err
		})
		if err == nil {
			to.cell(c)
		}
		return err
	})
}

// row reads a row that is an object.
func (s *scanner) row(c *Value, to rowVisitor) error {
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
			return s.cells(c, to)
		}
		text, err := s.value()
		if err == nil && !hasCells { // else it is a number of the row, or the like
			*c = Value{Name: key, Value: text}
			to.cell(c)
		}
		return err
	})
}

// structRows puts the rows of a table into a slice of structs.
type structRows struct {
	r         *reader
	p         *plan
	rows      reflect.Value
	isPointer bool
	row       reflect.Value
	next      int
	cells     int
	// seen are the columns of this row, first those of the first row.
	seen, first []bool
	unknown     []string
}

func (s *structRows) startRow(i int) {
	s.r.row, s.next, s.cells = i, 0, 0
	clear(s.seen)
	if i == s.rows.Cap() {
		s.rows.Grow(max(4, i))
	}
	s.rows.SetLen(i + 1)
	s.row = s.rows.Index(i)
	if s.isPointer {
		s.row.Set(reflect.New(s.row.Type().Elem()))
		s.row = s.row.Elem()
	}
}

func (s *structRows) cell(c *Value) {
	s.cells++
	i, _ := s.p.find(c, s.next)
	switch {
	case i >= 0 && s.seen[i]:
		s.r.add(&s.p.fields[i], errors.New("has two cells in this row"))
	case i >= 0:
		s.seen[i] = true
		s.next = i + 1
		s.r.field(&s.p.fields[i], c, s.row)
	case s.p.rest != nil:
		addRest(s.p, s.row, *c)
	case s.r.strict && !slices.Contains(s.unknown, c.Name):
		s.unknown = append(s.unknown, c.Name)
		s.r.unknown(c)
	}
}

// endRow looks for numbers that only some rows have: they would be zero without
// anybody having said so.
func (s *structRows) endRow() {
	if s.cells > 0 && s.p.rest == nil && !slices.Contains(s.seen, true) {
		s.r.addProblem(Problem{Message: "has no cell for a field of " + s.row.Type().String()})
		return
	}
	if s.r.row == 0 {
		copy(s.first, s.seen)
		return
	}
	for i := range s.p.fields {
		f := &s.p.fields[i]
		if s.seen[i] != s.first[i] && isNumber(f.component) && !f.pointer && !f.omitZero {
			s.r.add(f, fmt.Errorf("is in some rows only (see rows 0 and %d); use a pointer if it may be absent", s.r.row))
		}
	}
}

func addRest(p *plan, v reflect.Value, value Value) {
	rest := v.FieldByIndex(p.rest)
	rest.Set(reflect.Append(rest, reflect.ValueOf(value)))
}

// rowsCodec is for tables without a struct.
func rowsCodec() codec {
	return codec{
		usual:  tableField,
		absent: func(v reflect.Value) bool { return v.Len() == 0 },
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			rows := v.Convert(reflect.TypeFor[[]Values]()).Interface().([]Values) //nolint:forcetypeassert,errcheck // codecOf checked it
			for i, row := range rows {
				if err := sameColumns(rows[0], row, i); err != nil {
					return b, err
				}
				b = append(b, separator(i), '[')
				for n, cell := range row {
					if n > 0 {
						b = append(b, ',')
					}
					b = append(appendRaw(b, &cell), '}')
				}
				b = append(b, ']')
			}
			return append(b, ']'), nil
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			var rows valueRows
			err := scanTable(in.Value, &rows)
			v.Set(reflect.ValueOf([]Values(rows)).Convert(v.Type()))
			return err
		},
	}
}

// sameColumns finds a label that is misspelled in one of two rows: each has one
// that the other lacks. That a cell is absent is no fault.
func sameColumns(first, row Values, i int) error {
	here, there := first.without(row), row.without(first)
	if here == "" || there == "" {
		return nil
	}
	return fmt.Errorf("has rows that differ: row 0 has %q, row %d has %q", here, i, there)
}

// without is the first label that other lacks.
func (v Values) without(other Values) string {
	for _, cell := range v {
		if !slices.ContainsFunc(other, func(o Value) bool { return o.Name == cell.Name }) {
			return cell.Name
		}
	}
	return ""
}

// valueRows collects the rows of a table as they are.
type valueRows []Values

func (r *valueRows) startRow(int)  { *r = append(*r, nil) }
func (r *valueRows) endRow()       {}
func (r *valueRows) cell(c *Value) { (*r)[len(*r)-1] = append((*r)[len(*r)-1], *c) }
