package stream

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

// message is the content of one WebSocket message. Whatever is kept of it is a copy,
// since its memory is used again after release.
type message struct{ bytes.Buffer }

// maxPooledMessage keeps a rare large message from staying in memory.
const maxPooledMessage = 64 << 10

//nolint:gochecknoglobals // a pool has no state that a caller could see
var messages = sync.Pool{New: func() any { return new(message) }}

func newMessage() *message {
	m := messages.Get().(*message) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	m.Reset()
	return m
}

// readUpTo reads a message of at most limit bytes. Of a longer one it keeps the
// beginning and the end, 32 KiB each, and reads the rest to get at what follows;
// then it returns false.
func (m *message) readUpTo(r io.Reader, limit int64) (whole bool, err error) {
	const part = 32 << 10
	n, err := m.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil || n <= limit {
		return true, err
	}
	end := bytes.Clone(m.Bytes()[max(0, m.Len()-part):])
	m.Truncate(min(part, m.Len()))
	chunk := make([]byte, part)
	for {
		n, err := r.Read(chunk)
		end = append(end, chunk[:n]...)
		end = append(end[:0], end[max(0, len(end)-part):]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
	}
	m.Write(end)
	return false, nil
}

func (m *message) release() {
	if m.Cap() <= maxPooledMessage {
		messages.Put(m)
	}
}

// subject finds the approval that an event belongs to without decoding it: the
// member processInstanceId of the JSON that stands as text in data. It is not
// taken in by a value that quotes such a member, whose quotes are escaped once
// more. Not ok says nothing: decoding tells.
func (m *message) subject() (string, bool) {
	const member = `\"processInstanceId\":`
	_, rest, _ := bytes.Cut(m.Bytes(), []byte(member))
	rest, isText := bytes.CutPrefix(rest, []byte(`\"`))
	id, rest, _ := bytes.Cut(rest, []byte(`\`))
	if !isText || len(id) == 0 || !bytes.HasPrefix(rest, []byte(`"`)) || bytes.IndexByte(id, '"') >= 0 {
		return "", false
	}
	return string(id), true
}
