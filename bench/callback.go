package bench

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/envelope"
)

const (
	callbackToken  = "bench-callback-token"
	encodingAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	ownerKey       = "dingbenchappkey"
)

// push is one push as it arrives.
type push struct {
	query url.Values
	body  []byte
}

func callbackPairs() []Pair {
	return []Pair{
		callbackPair("Callback400B", smallEvent(), almostTheRate()),
		callbackPair("Callback4KB", largeEvent(), almostTheRate()),
		callbackPair("Callback4KBLines", linesEvent(), almostTheRate()),
		decryptPair("Decrypt400B", smallEvent(), allocsAtMost(0), almostTheRate()),
		decryptPair("Decrypt4KB", largeEvent(), allocsAtMost(0), almostTheRate()),
	}
}

// smallEvent is a task change of 400 bytes.
func smallEvent() []byte { return taskEvent("同意") }

const comment = "报价单已核对, 第 2 项与合同附件不一致; 请申请人补充说明后再提交. See https://example.com/q/42"

// largeEvent is one of 4 KB, by a long comment.
func largeEvent() []byte { return taskEvent(strings.Repeat(comment+"; ", 30)) }

// linesEvent is the same with line breaks in the comment, which JSON escapes.
func linesEvent() []byte { return taskEvent(strings.Repeat(comment+"\n", 30)) }

func taskEvent(remark string) []byte {
	return encode(rawEvent{
		EventType: "bpms_task_change", CorpID: "ding9f50b15bccd16741", EventTime: 1667991165000,
		EventID: "c5a5b1f2e3d4", ProcessInstanceID: "ad253df6-e175-49", TaskID: 811165500,
		ProcessCode: "PROC-FF6YR2IQO2", BusinessID: "202211091052",
		Title: "李四提交的请假单", Type: "finish", Result: "agree", StaffID: "manager432", Remark: remark,
		CreateTime: 1667991123000, FinishTime: 1667991165000,
	})
}

// seal makes a push as DingTalk would.
func seal(cb *dingoa.Callback, event []byte) (push, error) {
	sealed, err := cb.Encrypt(event)
	return push{
		query: url.Values{"signature": {sealed.MsgSignature}, "timestamp": {sealed.TimeStamp}, "nonce": {sealed.Nonce}},
		body:  []byte(`{"encrypt":"` + sealed.Encrypt + `"}`),
	}, err
}

func prepare(b *testing.B, event []byte) (*dingoa.Callback, *rawCallback, push) {
	b.Helper()
	cb, err := dingoa.NewCallback(callbackToken, encodingAESKey, []string{ownerKey})
	if err != nil {
		b.Fatal(err)
	}
	floor, err := newRawCallback(callbackToken, encodingAESKey, ownerKey)
	if err != nil {
		b.Fatal(err)
	}
	p, err := seal(cb, event)
	if err != nil {
		b.Fatal(err)
	}
	return cb, floor, p
}

// callbackPair turns query and body into a typed event.
func callbackPair(name string, message []byte, goals ...Goal) Pair {
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			cb, _, p := prepare(b, message)
			b.ReportAllocs()
			for b.Loop() {
				push, err := cb.Parse(p.query, p.body)
				if err != nil {
					b.Fatal(err)
				}
				if _, ok := push.Event.Data.(event.TaskChange); !ok {
					b.Fatalf("%T", push.Event.Data)
				}
			}
		},
		Raw: func(b *testing.B) {
			b.Helper()
			_, floor, p := prepare(b, message)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := floor.parse(p.query, p.body); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
}

// decryptPair stops at the JSON of the event: envelope, signature, decryption.
func decryptPair(name string, event []byte, goals ...Goal) Pair {
	return Pair{
		Name:  name,
		Goals: goals,
		Dingoa: func(b *testing.B) {
			b.Helper()
			_, _, p := prepare(b, event)
			cipher, err := envelope.NewCipher(encodingAESKey)
			if err != nil {
				b.Fatal(err)
			}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				if buf, err = openEnvelope(cipher, buf, p); err != nil {
					b.Fatal(err)
				}
			}
		},
		Raw: func(b *testing.B) {
			b.Helper()
			_, floor, p := prepare(b, event)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := floor.open(p.query, p.body); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
}

// openEnvelope does the part of Callback.Parse before the event is read. It returns
// the working memory for the next push.
func openEnvelope(cipher *envelope.Cipher, buf []byte, p push) ([]byte, error) {
	encrypt, err := envelope.Unwrap(p.body)
	if err != nil {
		return buf, err
	}
	signature, buf := envelope.Sign(buf, callbackToken, p.query.Get("timestamp"), p.query.Get("nonce"), encrypt)
	if !signature.Matches(p.query.Get("signature")) {
		return buf, errors.New("the signature does not match")
	}
	_, owner, err := cipher.Open(buf, encrypt)
	if err != nil {
		return buf, err
	}
	if string(owner) != ownerKey {
		return buf, errors.New("the push is for somebody else")
	}
	return buf, nil
}
