package envelope

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the vendor's protocol
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
)

// Signature is lower-case hex of a SHA-1.
type Signature [2 * sha1.Size]byte

// Sign hashes the four strings, sorted bytewise and put together. It builds
// them in buf and returns that buffer, grown if need be, for reuse.
func Sign(buf []byte, token, timestamp, nonce string, encrypt []byte) (Signature, []byte) {
	sorted := [...]string{token, timestamp, nonce}
	slices.Sort(sorted[:])
	buf = slices.Grow(buf[:0], len(token)+len(timestamp)+len(nonce)+len(encrypt))
	placed := false
	for _, s := range sorted {
		if !placed && string(encrypt) < s {
			buf = append(buf, encrypt...)
			placed = true
		}
		buf = append(buf, s...)
	}
	if !placed {
		buf = append(buf, encrypt...)
	}
	sum := sha1.Sum(buf) //nolint:gosec // the vendor's protocol
	var s Signature
	hex.Encode(s[:], sum[:])
	return s, buf
}

// Matches compares in constant time with a signature that arrived, whose hex
// may be upper case.
func (s Signature) Matches(got string) bool {
	if len(got) != len(s) {
		return false
	}
	var lower Signature
	for i := range lower {
		b := got[i]
		if 'A' <= b && b <= 'F' {
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	return subtle.ConstantTimeCompare(s[:], lower[:]) == 1
}

// Unwrap takes the base64 text out of the body {"encrypt":"…"}. The result may
// lie in body.
//
// Reading the usual form by hand halves the cost of a 4 KB push; encoding/json
// reads every other form.
func Unwrap(body []byte) ([]byte, error) {
	if encrypt, ok := unwrapUsual(body); ok {
		return encrypt, nil
	}
	var envelope struct {
		Encrypt string `json:"encrypt"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, errors.New(`the body is not JSON of the form {"encrypt":"…"}`)
	}
	if envelope.Encrypt == "" {
		return nil, errors.New(`the body has no "encrypt"`)
	}
	return []byte(envelope.Encrypt), nil
}

// unwrapUsual reads a body with that one field and no escapes.
func unwrapUsual(body []byte) ([]byte, bool) {
	rest := body
	for _, token := range [...]string{`{`, `"encrypt"`, `:`, `"`} {
		var ok bool
		rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, jsonSpace), []byte(token))
		if !ok {
			return nil, false
		}
	}
	encrypt, rest, ok := bytes.Cut(rest, []byte(`"`))
	if !ok || len(encrypt) == 0 || bytes.IndexByte(encrypt, '\\') >= 0 {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, jsonSpace), []byte(`}`))
	if !ok || len(bytes.TrimLeft(rest, jsonSpace)) > 0 {
		return nil, false
	}
	return encrypt, true
}

const jsonSpace = " \t\r\n"
