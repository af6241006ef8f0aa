package emulator

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dingoa/dingoa/internal/wire"
)

// What is shared by all that reads or writes JSON as the vendor does.

// minuteChina is the vendor's format of today: no seconds, and China time
// although it ends in Z.
const minuteChina = "2006-01-02T15:04Z"

// secondChina is the older gateway's format: China time (UTC+8).
const secondChina = "2006-01-02 15:04:05"

// chinaTime is the zone of every time that the vendor writes without one.
func chinaTime() *time.Location { return wire.China() }

// timeV1 is empty for the zero time.
func timeV1(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(chinaTime()).Format(minuteChina)
}

func timeLegacy(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(chinaTime()).Format(secondChina)
}

// encode writes JSON as the vendor does, with < and & unescaped.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("{}") // maps of plain values: cannot happen
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// decodeExact reads JSON without turning long numbers into float64.
func decodeExact(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value")
	}
	return nil
}

// put leaves an empty list out, as the vendor does; putText an empty text.
func put(m map[string]any, name string, list []string) {
	if len(list) > 0 {
		m[name] = list
	}
}

func putText(m map[string]any, name, text string) {
	if text != "" {
		m[name] = text
	}
}

func putMillis(m map[string]any, name string, t time.Time) {
	if !t.IsZero() {
		m[name] = t.UnixMilli()
	}
}

func text(v any) string {
	t, _ := v.(string)
	return t
}

// textList reads a JSON array of texts.
func textList(value string) ([]string, bool) {
	var list []string
	err := json.Unmarshal([]byte(value), &list)
	return list, err == nil && list != nil
}

// oneOrMany accepts an id that stands alone, too.
func oneOrMany(value string) ([]string, bool) {
	if strings.HasPrefix(value, "[") {
		return textList(value)
	}
	return []string{value}, true
}

// splitList reads the older gateway's lists, which are one comma-separated text.
func splitList(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// native is text as a cell has it: lists and objects as such.
func native(text string) any {
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		if data := []byte(text); json.Valid(data) {
			return json.RawMessage(data)
		}
	}
	return text
}

func longerThan(text string, limit int) bool { return utf8.RuneCountInString(text) > limit }

// cutPage is a page of a list, and whether there is more.
func cutPage[T any](list []T, offset, size int) ([]T, bool) {
	from := min(max(offset, 0), len(list))
	to := min(from+size, len(list))
	return list[from:to], to < len(list)
}

// newUUID is a random UUID, as the vendor's instance IDs look.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func newEventID() string { return strings.ReplaceAll(newUUID(), "-", "") }

func newRequestID() string { return strings.ToUpper(newUUID()) }

func randomHex() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
