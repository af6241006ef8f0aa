package form

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dingoa/dingoa/internal/wire"
)

const maxListed = 9 // photos, and related approvals

// listCodec is the codec of a component with several values: for the type of
// one, and for a slice of them.
func listCodec(t reflect.Type) (codec, bool) {
	element, many := t, false
	if t.Kind() == reflect.Slice {
		element, many = t.Elem(), true
	}
	switch element {
	case reflect.TypeFor[Photo]():
		return oneOrMany(many, photoField, appendPhotos, parsePhotos), true
	case reflect.TypeFor[Attachment]():
		return oneOrMany(many, attachmentField, appendAttachments, parseAttachments), true
	case reflect.TypeFor[Contact]():
		c := oneOrMany(many, contactField, appendContacts, parseContacts)
		c.appendExt, c.readsExt = extOf(many, appendContactExt), true
		return c, true
	case reflect.TypeFor[Department]():
		c := oneOrMany(many, departmentField, appendDepartments, parseDepartments)
		c.readsExt = true
		return c, true
	case reflect.TypeFor[Related]():
		c := oneOrMany(many, relateField, appendRelated, parseRelated)
		c.appendExt, c.readsExt = extOf(many, appendRelatedExt), true
		return c, true
	}
	return codec{}, false
}

// itemsOf are the values of a field of type E, or of a slice of E.
func itemsOf[E any](v reflect.Value, many bool) []E {
	if !many {
		return []E{*v.Addr().Interface().(*E)} //nolint:forcetypeassert,errcheck // listCodec checked it
	}
	return v.Convert(reflect.TypeFor[[]E]()).Interface().([]E) //nolint:forcetypeassert,errcheck // listCodec checked it
}

func oneOrMany[E any](many bool, component string, write func(b []byte, items []E, center bool) ([]byte, error), read func(in *Value) ([]E, error)) codec {
	absent := isZero
	if many {
		absent = func(v reflect.Value) bool { return v.Len() == 0 }
	}
	return codec{
		usual: component, absent: absent,
		append: func(w *writer, b []byte, v reflect.Value) ([]byte, error) {
			return write(b, itemsOf[E](v, many), w.center)
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			items, err := read(in)
			switch {
			case err != nil:
				return err
			case len(items) == 0:
				v.SetZero()
			case many:
				v.Set(reflect.ValueOf(items).Convert(v.Type()))
			case len(items) > 1:
				return fmt.Errorf("has %d values, but the Go type is for one; use a slice", len(items))
			default:
				v.Set(reflect.ValueOf(items[0]))
			}
			return nil
		},
	}
}

func extOf[E any](many bool, write func(b []byte, items []E) []byte) func(b []byte, v reflect.Value) []byte {
	return func(b []byte, v reflect.Value) []byte { return write(b, itemsOf[E](v, many)) }
}

// optionsCodec is for []string and slices of other types of kind string.
func optionsCodec() codec {
	return codec{
		usual:  multiSelectField,
		absent: func(v reflect.Value) bool { return v.Len() == 0 },
		append: func(_ *writer, b []byte, v reflect.Value) ([]byte, error) {
			return appendItems(b, v.Len(), func(i int) string { return v.Index(i).String() }, "text")
		},
		parse: func(_ *reader, in *Value, v reflect.Value) error {
			items, err := textsOrOne(in.Value)
			if err != nil {
				v.SetZero()
				return err
			}
			for i := range items {
				items[i] = optionText(items[i])
			}
			v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
			for i, item := range items {
				v.Index(i).SetString(item)
			}
			return nil
		},
	}
}

// textsOrOne reads a JSON list without what is empty in it, or the one value that
// stands without list.
func textsOrOne(text string) ([]string, error) {
	switch {
	case isList(text):
		items, err := texts(text)
		return withoutEmpty(items), err
	case text == "", text == "null":
		return nil, nil
	}
	return []string{text}, nil
}

func withoutEmpty(items []string) []string {
	return slices.DeleteFunc(items, func(item string) bool { return item == "" })
}

// textsOrCommas reads a JSON list, or values with commas between.
func textsOrCommas(text string) ([]string, error) {
	if text == "" || text == "null" || isList(text) {
		return textsOrOne(text)
	}
	items := strings.Split(text, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return withoutEmpty(items), nil
}

func appendPhotos(b []byte, photos []Photo, _ bool) ([]byte, error) {
	if len(photos) > maxListed {
		return b, fmt.Errorf("has %d photos, at most %d are allowed", len(photos), maxListed)
	}
	return appendItems(b, len(photos), func(i int) string { return string(photos[i]) }, "address")
}

// appendItems writes a JSON list of n texts, of which none may be empty.
func appendItems(b []byte, n int, item func(i int) string, what string) ([]byte, error) {
	for i := range n {
		text := item(i)
		switch {
		case text == "":
			return b, fmt.Errorf("has no %s in item %d", what, i)
		case !utf8.ValidString(text):
			return b, errNotText
		}
		b = appendQuoted(append(b, separator(i)), text)
	}
	return append(b, ']'), nil
}

// separator stands before item i of a JSON list.
func separator(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}

func parsePhotos(in *Value) ([]Photo, error) {
	items, err := textsOrOne(in.Value)
	if err != nil {
		return nil, err
	}
	photos := make([]Photo, len(items))
	for i, item := range items {
		photos[i] = Photo(item)
	}
	return photos, nil
}

func appendAttachments(b []byte, files []Attachment, _ bool) ([]byte, error) {
	for i, f := range files {
		switch {
		case f.SpaceID == "":
			return b, fmt.Errorf("has no SpaceID in item %d: the file has to lie in the approval space", i)
		case f.FileID == "":
			return b, fmt.Errorf("has no FileID in item %d", i)
		case !areTexts(f.SpaceID, f.FileID, f.FileName, f.FileType):
			return b, errNotText
		}
		b = append(b, separator(i))
		b = appendQuoted(append(b, `{"spaceId":`...), f.SpaceID)
		b = appendQuoted(append(b, `,"fileName":`...), f.FileName)
		b = strconv.AppendInt(append(b, `,"fileSize":"`...), f.FileSize, 10)
		b = appendQuoted(append(b, `","fileType":`...), f.FileType)
		b = append(appendQuoted(append(b, `,"fileId":`...), f.FileID), '}')
	}
	return append(b, ']'), nil
}

// areTexts looks at each: two halves of a letter must not make one.
func areTexts(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool { return !utf8.ValidString(text) })
}

func parseAttachments(in *Value) ([]Attachment, error) {
	return objects[Attachment](in.Value)
}

// objects reads a JSON list of objects, or the one that stands without.
func objects[T any](text string) ([]T, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		text = "[" + text + "]"
	}
	var items []T
	if err := json.Unmarshal([]byte(text), &items); err != nil {
		return nil, jsonError(err)
	}
	return items, nil
}

// jsonError says what is wrong with JSON in the words of this package.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("is malformed JSON at byte %d", syntax.Offset)
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("has a JSON %s where it should not", wrong.Value)
	}
	return fmt.Errorf("is malformed JSON: %w", err)
}

func appendContacts(b []byte, contacts []Contact, center bool) ([]byte, error) {
	start := len(b)
	b, err := appendItems(b, len(contacts), func(i int) string { return contacts[i].UserID }, "UserID")
	if err != nil || !center {
		return b, err
	}
	return appendItems(b[:start], len(contacts), func(i int) string { return contacts[i].Name }, "Name, which the process center needs,")
}

// contactExt is an entry of the extValue of contacts.
type contactExt struct {
	Name    string    `json:"name"`
	Nick    string    `json:"nick"`
	EmplID  wire.Text `json:"emplId"`
	ItemID  wire.Text `json:"itemId"`
	UserID  wire.Text `json:"userId"`
	StaffID wire.Text `json:"staffId"`
}

func (c contactExt) contact() Contact {
	return Contact{UserID: string(cmp.Or(c.EmplID, c.UserID, c.StaffID, c.ItemID)), Name: cmp.Or(c.Name, c.Nick)}
}

func appendContactExt(b []byte, contacts []Contact) []byte {
	for i, c := range contacts {
		b = append(b, separator(i))
		b = appendQuoted(append(b, `{"name":`...), c.Name)
		b = appendQuoted(append(b, `,"emplId":`...), c.UserID)
		b = append(appendQuoted(append(b, `,"itemId":`...), c.UserID), '}')
	}
	return append(b, ']')
}

// parseContacts reads people, whose ids are in the extValue, if the service sends
// one that knows them all: the value has their names then.
func parseContacts(in *Value) ([]Contact, error) {
	var contacts []Contact
	for _, listed := range []string{in.ExtValue, in.Value} { // objects may stand in the value, too
		if !holdsObjects(listed) || len(contacts) > 0 {
			continue
		}
		entries, err := objects[contactExt](listed)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if c := e.contact(); c != (Contact{}) {
				contacts = append(contacts, c)
			}
		}
	}
	if holdsObjects(in.Value) {
		return contacts, nil
	}
	names := make([]string, len(contacts))
	for i, c := range contacts {
		names[i] = c.Name
	}
	if strings.Join(names, ",") == in.Value { // a name may have a comma
		return contacts, nil
	}
	items, err := namesOf(in.Value)
	if err != nil {
		return nil, err
	}
	if len(items) == len(contacts) {
		for i := range contacts { // an extValue may have the ids alone
			if contacts[i].Name == "" && contacts[i].UserID != items[i] {
				contacts[i].Name = items[i]
			}
		}
	}
	known := contacts
	for i, item := range items {
		switch {
		case slices.ContainsFunc(known, func(c Contact) bool { return c.Name == item || c.UserID == item }):
		case len(known) == len(items) && known[i].Name == "":
			known[i].Name = item
		case isUserID(item):
			contacts = append(contacts, Contact{UserID: item})
		default:
			contacts = append(contacts, Contact{Name: item})
		}
	}
	return contacts, nil
}

// namesOf reads people as [textsOrCommas] does, or with the comma of Chinese lists.
func namesOf(text string) ([]string, error) {
	if !isList(text) {
		text = strings.ReplaceAll(text, "、", ",")
	}
	return textsOrCommas(text)
}

// holdsObjects reports text that looks like a JSON object or a list of them.
func holdsObjects(text string) bool {
	return strings.HasPrefix(strings.TrimLeft(text, "[ \n\r\t"), "{")
}

// isUserID reports whether a text without more may be a user id: those have ASCII
// letters, digits and signs, as names in China do not.
func isUserID(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func appendDepartments(b []byte, departments []Department, _ bool) ([]byte, error) {
	for i, d := range departments {
		if d.ID == 0 {
			return b, fmt.Errorf("has no ID in item %d", i)
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, d.ID, 10)
	}
	return b, nil
}

// departmentExt is an entry of the extValue of departments.
type departmentExt struct {
	Name     string     `json:"name"`
	DeptName string     `json:"deptName"`
	ID       wire.Int64 `json:"id"`
	DeptID   wire.Int64 `json:"deptId"`
	ItemID   wire.Int64 `json:"itemId"`
}

func parseDepartments(in *Value) ([]Department, error) {
	var departments []Department
	if isList(in.ExtValue) || holdsObjects(in.ExtValue) {
		entries, err := objects[departmentExt](in.ExtValue)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if d := (Department{ID: int64(cmp.Or(e.ID, e.DeptID, e.ItemID)), Name: cmp.Or(e.Name, e.DeptName)}); d != (Department{}) {
				departments = append(departments, d)
			}
		}
	}
	names := make([]string, len(departments))
	for i, d := range departments {
		names[i] = d.Name
	}
	if strings.Join(names, ",") == in.Value { // a name may have a comma
		return departments, nil
	}
	items, err := textsOrCommas(in.Value)
	if err != nil {
		return nil, err
	}
	if len(items) == len(departments) {
		for i := range departments { // an extValue may have the ids alone
			if departments[i].Name == "" && strconv.FormatInt(departments[i].ID, 10) != items[i] {
				departments[i].Name = items[i]
			}
		}
	}
	known := departments
	for i, item := range items {
		id, err := strconv.ParseInt(item, 10, 64)
		_, isNumber := plainNumber(item)
		switch {
		case err != nil && isNumber:
			return nil, fmt.Errorf("has the department id %s, which does not fit into int64", clip(item))
		case slices.ContainsFunc(known, func(d Department) bool { return d.Name == item || err == nil && d.ID == id }):
		case err != nil:
			departments = append(departments, Department{Name: item})
		case len(known) == len(items) && known[i].ID == 0:
			departments[i].ID = id
		default:
			departments = append(departments, Department{ID: id})
		}
	}
	return departments, nil
}

func appendRelated(b []byte, related []Related, center bool) ([]byte, error) {
	if len(related) > maxListed {
		return b, fmt.Errorf("has %d approvals, at most %d are allowed", len(related), maxListed)
	}
	start := len(b)
	b, err := appendItems(b, len(related), func(i int) string { return related[i].InstanceID }, "InstanceID")
	if err != nil || !center {
		return b, err
	}
	return appendItems(b[:start], len(related), func(i int) string { return related[i].Title }, "Title, which the process center needs,")
}

func appendRelatedExt(b []byte, related []Related) []byte {
	b = append(b, `{"list":`...)
	for i, r := range related {
		b = append(b, separator(i))
		b = append(appendQuoted(append(b, `{"procInstId":`...), r.InstanceID), '}')
	}
	return append(b, `]}`...)
}

// parseRelated reads approvals, whose ids are in the extValue; the value has their
// titles then, and without extValue, too.
func parseRelated(in *Value) ([]Related, error) {
	items, err := textsOrOne(in.Value)
	if err != nil {
		return nil, err
	}
	var ext struct {
		List []struct {
			ID         wire.Text `json:"procInstId"`
			BusinessID wire.Text `json:"businessId"`
		} `json:"list"`
	}
	if strings.HasPrefix(strings.TrimSpace(in.ExtValue), "{") {
		if err := json.Unmarshal([]byte(in.ExtValue), &ext); err != nil {
			return nil, jsonError(err)
		}
	}
	related := make([]Related, max(len(items), len(ext.List)))
	for i, item := range items {
		if len(ext.List) == 0 && isInstanceID(item) {
			related[i].InstanceID = item
			continue
		}
		related[i].Title = item
	}
	for i, e := range ext.List {
		related[i].InstanceID, related[i].BusinessID = string(e.ID), string(e.BusinessID)
	}
	return slices.DeleteFunc(related, func(r Related) bool { return r == Related{} }), nil
}

// isInstanceID reports whether a text without more is an instance id: those have at
// least 22 letters, digits, - and _, as a title does not.
func isInstanceID(text string) bool {
	return len(text) >= 22 && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
