package stream

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// What an acknowledgement says in data, as JSON text within JSON.
const (
	ackSuccess = `"{\"status\":\"SUCCESS\",\"message\":\"success\"}"`
	ackLater   = `"{\"status\":\"LATER\",\"message\":\"later\"}"`
	ackNothing = `""`
)

// appendAck appends the answer to a message: DingTalk's code (200 handled, 404
// nobody handles it, 500 deliver again), and data as JSON.
func appendAck(dst []byte, code int, messageID, data string) []byte {
	dst = append(dst, `{"code":`...)
	dst = strconv.AppendInt(dst, int64(code), 10)
	dst = append(dst, `,"headers":{"messageId":`...)
	dst = appendText(dst, messageID)
	dst = append(dst, `,"contentType":"application/json"},"message":"`...)
	dst = append(dst, ackMessage(code)...)
	dst = append(dst, `","data":`...)
	dst = append(dst, data...)
	return append(dst, '}')
}

func ackMessage(code int) string {
	switch code {
	case http.StatusOK:
		return "ok"
	case http.StatusNotFound:
		return "no handler"
	}
	return "later"
}

// appendText appends s as JSON text.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil { // not of a string
				quoted = []byte(ackNothing)
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
