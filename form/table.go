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
			rows := structRows{r: r, p: p, rows: v, isPointer: isPointer, seen: make([]bool, len(p.fields))}
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

// structRows puts the rows of a table into a slice of structs.
type structRows struct {
	r         *reader
	p         *plan
	rows      reflect.Value
	isPointer bool
	row       reflect.Value
	next      int
	seen      []bool // the columns of this row
	unknown   []string
}

func (s *structRows) startRow(i int) {
	s.r.row, s.next = i, 0
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
