package form

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// codec is how a Go type goes into the text of a component and back.
type codec struct {
	// usual is the component that the type stands for, others what it stands for
	// when the tag says so. open lets it stand for components that the vendor does
	// not describe, too.
	usual  string
	others []string
	open   bool
	// isString marks types of kind string, whose text is taken as it is.
	isString bool
	// isText marks types that take any text, also one that looks like JSON.
	isText bool
	// isPlain marks text that JSON needs not escape.
	isPlain bool
	// isSuite marks [Suite].
	isSuite bool
	// readsExt marks types whose extValue counts even when there is no value.
	readsExt bool
	// absent reports a value that is left out; nil: the zero value is a value.
	absent func(v reflect.Value) bool
	// append writes the text.
	append func(w *writer, b []byte, v reflect.Value) ([]byte, error)
	// appendExt writes the extValue that the process center needs; nil: none.
	appendExt func(b []byte, v reflect.Value) []byte
	// parse sets v from a component that has a value.
	parse func(r *reader, in *Value, v reflect.Value) error
}

// codecFor finds the codec of a type for the component that the tag names.
func codecFor(t reflect.Type, tag *tag, inTable bool) (codec, error) {
	c, err := codecOf(t, tag, inTable)
	if err != nil {
		return c, err
	}
	if tag.component == "" {
		tag.component = c.usual
	}
	fits := tag.component == c.usual || slices.Contains(c.others, tag.component) || c.open && !isKnown(tag.component)
	takesMinute := tag.component == dateField || tag.component == dateRangeField
	takesAnd := tag.component == dateRangeField || tag.component == locationField
	misspelled := ""
	if !isKnown(tag.component) {
		misspelled = nearest(tag.component, knownComponents())
	}
	switch {
	case misspelled != "":
		return c, fmt.Errorf("has the unknown component %s in its tag; did you mean %s?", tag.component, misspelled)
	case !fits:
		return c, fmt.Errorf("cannot be a %s: that takes %s", t, goTypes(tag.component))
	case tag.minute && !takesMinute:
		return c, fmt.Errorf("has the option minute in its tag, which is for %s and %s", dateField, dateRangeField)
	case tag.and != "" && !takesAnd:
		return c, fmt.Errorf("has a second label in its tag (and=), which is for %s and %s", dateRangeField, locationField)
	case tag.required && !isSettable(tag.component):
		return c, errors.New("is required, but no call can fill it in")
	}
	return c, nil
}

func codecOf(t reflect.Type, tag *tag, inTable bool) (codec, error) {
	switch t {
	case reflect.TypeFor[time.Time]():
		return dateCodec(tag.minute), nil
	case reflect.TypeFor[Date]():
		return halfDayCodec(tag.minute), nil
	case reflect.TypeFor[Suite]():
		return suiteCodec(), nil
	case reflect.TypeFor[DateRange]():
		return dateRangeCodec(tag.minute), nil
	case reflect.TypeFor[Decimal]():
		return decimalCodec(), nil
	case reflect.TypeFor[Address]():
		return addressCodec(), nil
	case reflect.TypeFor[Location]():
		return locationCodec(), nil
	case reflect.TypeFor[Holiday]():
		return holidayCodec(), nil
	case reflect.TypeFor[[]Values](), reflect.TypeFor[[][]Value]():
		if inTable {
			return codec{}, errNested
		}
		return rowsCodec(), nil
	case reflect.TypeFor[Values](), reflect.TypeFor[[]Value](), reflect.TypeFor[Value]():
		return codec{}, fmt.Errorf("is a %s, which only a field with the option rest takes", t)
	}
	if c, ok := listCodec(t); ok {
		return c, nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return marshalerCodec(isNumber(tag.component)), nil
	}
	switch t.Kind() {
	case reflect.String:
		return stringCodec(tag.component), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intCodec(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return uintCodec(), nil
	case reflect.Float32, reflect.Float64:
		return floatCodec(), nil
	case reflect.Slice:
		return sliceCodec(t, inTable)
	case reflect.Struct:
		return codec{}, fmt.Errorf("is the struct %s: a table (明细) is a slice of structs", t)
	}
	return codec{}, fmt.Errorf("has the Go type %s, which is no component; use text, a number, a time, a list or a type of package form", t)
}

func sliceCodec(t reflect.Type, inTable bool) (codec, error) {
	element := t.Elem()
	if element.Kind() == reflect.Pointer {
		element = element.Elem()
	}
	if element.Kind() == reflect.Struct {
		if inTable {
			return codec{}, errNested
		}
		return tableCodec(t)
	}
	if t.Elem().Kind() == reflect.String {
		return optionsCodec(), nil
	}
	return codec{}, fmt.Errorf("has the Go type %s, which is no component; lists are []string, a slice of structs or of a type of package form", t)
}

// goTypes says what a component takes, for errors.
func goTypes(component string) string {
	if isNumber(component) {
		return "integers, floats, form.Decimal or a type with MarshalText"
	}
	switch component {
	case multiSelectField:
		return "[]string"
	case dateField:
		return "time.Time or form.Date"
	case dateRangeField:
		return "form.DateRange"
	case photoField:
		return "[]form.Photo"
	case tableField:
		return "a slice of structs"
	case attachmentField:
		return "[]form.Attachment"
	case contactField:
		return "form.Contact or []form.Contact"
	case departmentField:
		return "form.Department or []form.Department"
	case relateField:
		return "form.Related or []form.Related"
	case addressField:
		return "form.Address"
	case locationField:
		return "form.Location"
	case holidayField:
		return "form.Holiday or form.Suite"
	case bizSuite, overtimeField, gooutField:
		return "form.Suite"
	}
	return "text"
}
