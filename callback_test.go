package dingoa_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

const (
	testToken  = "testToken42"
	testAESKey = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
	testAppKey = "dingtestappkey"
)

func newCallback(tb testing.TB, opts ...dingoa.CallbackOption) *dingoa.Callback {
	tb.Helper()
	cb, err := dingoa.NewCallback(testToken, testAESKey, []string{testAppKey, "dingcorpid"}, opts...)
	require.NoError(tb, err)
	return cb
}

// push is what arrives at the callback URL.
type push struct {
	query url.Values
	body  string
}

// signed is a push made without the package: any text, any timestamp.
func signed(timestamp, encrypt string) push {
	parts := []string{testToken, timestamp, "nonce", encrypt}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return push{
		url.Values{"signature": {hex.EncodeToString(sum[:])}, "timestamp": {timestamp}, "nonce": {"nonce"}},
		`{"encrypt":"` + encrypt + `"}`,
	}
}

// sealed encrypts whole blocks of plaintext without the package.
func sealed(tb testing.TB, aesKey string, plain []byte) string {
	tb.Helper()
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	require.NoError(tb, err)
	block, err := aes.NewCipher(key)
	require.NoError(tb, err)
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, plain)
	return base64.StdEncoding.EncodeToString(out)
}

// layout puts a plaintext together: random bytes, length, message, owner, padding.
func layout(length int, message, owner string, pad ...byte) []byte {
	plain := binary.BigEndian.AppendUint32(make([]byte, 16), uint32(length))
	plain = append(plain, message+owner...)
	if len(pad) == 0 {
		n := 32 - len(plain)%32
		pad = bytes.Repeat([]byte{byte(n)}, n)
	}
	return append(plain, pad...)
}

// testPush is made with the package, as a user's test would.
func testPush(tb testing.TB, cb *dingoa.Callback, message string) push {
	tb.Helper()
	reply, err := cb.Encrypt([]byte(message))
	require.NoError(tb, err)
	body, err := json.Marshal(map[string]string{"encrypt": reply.Encrypt})
	require.NoError(tb, err)
	return push{url.Values{"msg_signature": {reply.MsgSignature}, "timeStamp": {reply.TimeStamp}, "nonce": {reply.Nonce}}, string(body)}
}

type vector struct {
	Token     string `json:"token"`
	AESKey    string `json:"encoding_aes_key"`
	OwnerKey  string `json:"owner_key"`
	Timestamp string `json:"timestamp"`
	Nonce     string `json:"nonce"`
	Signature string `json:"signature"`
	Encrypt   string `json:"encrypt"`
	Plaintext string `json:"plaintext"`
}

func callbackVectors(tb testing.TB) []vector {
	tb.Helper()
	var vectors []vector
	require.NoError(tb, json.Unmarshal(readFile(tb, "testdata", "callback", "vectors.json"), &vectors))
	require.Len(tb, vectors, 3)
	return vectors
}

func TestCallbackReadsTheVendorsVectors(t *testing.T) {
	t.Parallel()
	for _, v := range callbackVectors(t) {
		cb, err := dingoa.NewCallback(v.Token, v.AESKey, []string{"other", v.OwnerKey})
		require.NoError(t, err)
		require.NoError(t, cb.Verify(v.Signature, v.Timestamp, v.Nonce, v.Encrypt))
		require.NoError(t, cb.Verify(strings.ToUpper(v.Signature), v.Timestamp, v.Nonce, v.Encrypt))
		require.ErrorIs(t, cb.Verify(v.Signature, v.Timestamp+"0", v.Nonce, v.Encrypt), dingoa.ErrSignature)
		message, err := cb.Decrypt(v.Encrypt)
		require.NoError(t, err)
		require.Equal(t, v.Plaintext, string(message))

		query := url.Values{"signature": {v.Signature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}}
		if v.Plaintext == "success" { // the vector of a reply
			continue
		}
		push, err := cb.Parse(query, []byte(`{"encrypt":"`+v.Encrypt+`"}`))
		require.NoError(t, err)
		require.Equal(t, event.URLCheck{Kind: "check_create_suite_url", Random: "LPIdSnlF", TestSuiteKey: "suite4xxxxxxxxxxxxxxx"}, push.Event.Data)
	}
}

func TestCallbackEncryptRoundTrip(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1663143335567)
	cb := newCallback(t, dingoa.WithCallbackClock(func() time.Time { return now }))
	seen := map[string]bool{}
	for n := range 70 {
		message := strings.Repeat("审", n/2)
		reply, err := cb.Encrypt([]byte(message))
		require.NoError(t, err)
		require.Equal(t, "1663143335567", reply.TimeStamp)
		require.NoError(t, cb.Verify(reply.MsgSignature, reply.TimeStamp, reply.Nonce, reply.Encrypt))
		got, err := cb.Decrypt(reply.Encrypt)
		require.NoError(t, err)
		require.Equal(t, message, string(got))
		require.False(t, seen[reply.Nonce] || seen[reply.Encrypt], "nonce and random bytes are new each time")
		seen[reply.Nonce], seen[reply.Encrypt] = true, true
	}
}

func TestCallbackParseReadsEveryVendorEvent(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	files, err := filepath.Glob(filepath.Join("testdata", "events", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		message := readFile(t, file)
		p := testPush(t, cb, string(message))
		got, err := cb.Parse(p.query, []byte(p.body))
		require.NoError(t, err)
		want, err := event.Parse(message)
		require.NoError(t, err)
		require.Equal(t, want, got.Event)
	}
}

// The buffers of one push must not show through in the event of another.
func TestCallbackParseKeepsEventsApart(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	pushes := make([]*dingoa.Push, 100)
	var group sync.WaitGroup
	for i := range pushes {
		p := testPush(t, cb, fmt.Sprintf(`{"EventType":"bpms_instance_change","title":"%d"}`, i))
		group.Go(func() { pushes[i], _ = cb.Parse(p.query, []byte(p.body)) })
	}
	group.Wait()
	for i, p := range pushes {
		require.NotNil(t, p)
		e := p.Event
		require.Equal(t, strconv.Itoa(i), dataOf[event.InstanceChange](t, e).Title)
		require.Contains(t, string(e.Raw), fmt.Sprintf(`"%d"`, i))
	}
}

type badPush struct {
	push

	want error
}

// badPushes is every way we know in which a push can be wrong, with its sentinel.
func badPushes(tb testing.TB) map[string]badPush {
	tb.Helper()
	const message = `{"EventType":"bpms_instance_change","title":"plaintext-of-the-push"}`
	const timestamp = "1663143335567"
	good := sealed(tb, testAESKey, layout(len(message), message, testAppKey))
	otherKey := sealed(tb, "0"+testAESKey[1:], layout(len(message), message, testAppKey))
	bad := func(p push, want error) badPush { return badPush{p, want} }
	with := func(name, value string) push {
		p := signed(timestamp, good)
		p.query.Set(name, value)
		return p
	}
	body := func(body string) push {
		p := signed(timestamp, good)
		p.body = body
		return p
	}
	plain := func(plain []byte) push { return signed(timestamp, sealed(tb, testAESKey, plain)) }

	return map[string]badPush{
		"no query":               bad(push{nil, signed(timestamp, good).body}, dingoa.ErrSignature),
		"empty signature":        bad(with("signature", ""), dingoa.ErrSignature),
		"wrong signature":        bad(with("signature", strings.Repeat("0", 40)), dingoa.ErrSignature),
		"short signature":        bad(with("signature", "00"), dingoa.ErrSignature),
		"other timestamp":        bad(with("timestamp", "1663143335568"), dingoa.ErrSignature),
		"other nonce":            bad(with("nonce", "other"), dingoa.ErrSignature),
		"other text":             bad(body(`{"encrypt":"`+otherKey+`"}`), dingoa.ErrSignature),
		"text with one char off": bad(body(`{"encrypt":"`+good[:9]+"*"+good[10:]+`"}`), dingoa.ErrSignature),

		"empty body":       bad(body(""), event.ErrMalformed),
		"no JSON":          bad(body("<xml/>"), event.ErrMalformed),
		"cut JSON":         bad(body(`{"encrypt":"`+good), event.ErrMalformed),
		"no encrypt":       bad(body(`{}`), event.ErrMalformed),
		"encrypt is null":  bad(body(`{"encrypt":null}`), event.ErrMalformed),
		"encrypt is empty": bad(signed(timestamp, ""), event.ErrMalformed),
		"body of 10 MB":    bad(body(`{"encrypt":"`+strings.Repeat("A", 10<<20)+`"}`), dingoa.ErrBodyTooLarge),

		"no base64":            bad(signed(timestamp, "%%%%"), dingoa.ErrDecrypt),
		"cut base64":           bad(signed(timestamp, good[:len(good)-3]), dingoa.ErrDecrypt),
		"cut in a block":       bad(signed(timestamp, good[:len(good)-8]), dingoa.ErrDecrypt),
		"one block":            bad(plain(bytes.Repeat([]byte{16}, 16)), dingoa.ErrDecrypt),
		"other aes key":        bad(signed(timestamp, otherKey), dingoa.ErrDecrypt),
		"padding 0":            bad(plain(layout(8, "messages", "own!", append(bytes.Repeat([]byte{32}, 31), 0)...)), dingoa.ErrDecrypt),
		"padding 33":           bad(plain(layout(8, "messages", "own!", append(bytes.Repeat([]byte{33}, 31), 33)...)), dingoa.ErrDecrypt),
		"uneven padding":       bad(plain(layout(8, "messages", "own!", append([]byte{31}, bytes.Repeat([]byte{32}, 31)...)...)), dingoa.ErrDecrypt),
		"length over the end":  bad(plain(layout(1<<20, message, testAppKey)), dingoa.ErrDecrypt),
		"length below zero":    bad(plain(layout(-1, message, testAppKey)), dingoa.ErrDecrypt),
		"length one too long":  bad(plain(layout(len(message)+1, message, testAppKey)), dingoa.ErrOwner),
		"length one too short": bad(plain(layout(len(message)-1, message, testAppKey)), dingoa.ErrOwner),
		"length zero":          bad(plain(layout(0, message, testAppKey)), dingoa.ErrOwner),
		"no owner":             bad(plain(layout(len(message), message, "")), dingoa.ErrOwner),
		"other owner":          bad(plain(layout(len(message), message, "dingotherappkey")), dingoa.ErrOwner),
		"owner with a tail":    bad(plain(layout(len(message), message, testAppKey+"x")), dingoa.ErrOwner),
	}
}

func TestCallbackParseRefuses(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	for name, tc := range badPushes(t) {
		e, err := cb.Parse(tc.query, []byte(tc.body))
		require.Nil(t, e, name)
		require.ErrorIs(t, err, tc.want, name)
		requireNoSecret(t, tc.query, err)
	}
}

// requireNoSecret formats v in every usual way and looks for what must not be there.
func requireNoSecret(tb testing.TB, query url.Values, v any) {
	tb.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t", "%c", "%e", "%p"} {
		text := fmt.Sprintf(verb, v)
		for _, secret := range []string{testToken, testAESKey, testAppKey, "dingcorpid", "plaintext"} {
			require.NotContains(tb, text, secret, verb)
		}
		for _, name := range []string{"signature", "nonce"} {
			if value := query.Get(name); len(value) > 2 && value != "nonce" && value != "other" {
				require.NotContains(tb, text, value, verb)
			}
		}
	}
}

func TestFormattingACallbackShowsNoSecret(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	held := struct {
		Exported   *dingoa.Callback `json:"exported"`
		unexported *dingoa.Callback
		copied     dingoa.Callback
	}{cb, cb, *cb} // what a careless user would do
	require.NotNil(t, held.unexported)
	for _, v := range []any{cb, *cb, held, &held, dingoa.WithMaxBody(1), cb.Handler(event.HandlerFunc(nil))} {
		requireNoSecret(t, nil, v)
	}
	out, err := json.Marshal(held)
	require.NoError(t, err)
	require.JSONEq(t, `{"exported":{}}`, string(out))
}

func TestCallbackParseAcceptsEveryOwnerKeyAndSpelling(t *testing.T) {
	t.Parallel()
	cb := newCallback(t)
	const message = `{"EventType":"check_url"}`
	for _, owner := range []string{testAppKey, "dingcorpid"} {
		for _, names := range [][2]string{{"signature", "timestamp"}, {"msg_signature", "timestamp"}, {"msg_signature", "timeStamp"}} {
			p := signed("1663143335567", sealed(t, testAESKey, layout(len(message), message, owner)))
			query := url.Values{"nonce": p.query["nonce"], names[0]: p.query["signature"], names[1]: p.query["timestamp"]}
			push, err := cb.Parse(query, []byte(p.body))
			require.NoError(t, err)

			reply, err := push.Acknowledge()
			require.NoError(t, err)
			only, err := dingoa.NewCallback(testToken, testAESKey, []string{owner})
			require.NoError(t, err)
			got, err := only.Decrypt(reply.Encrypt)
			require.NoError(t, err, "the answer is for the owner key of the push")
			require.Equal(t, "success", string(got))
		}
	}
}

func TestCallbackTimestampWindow(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1663143335567)
	clock := dingoa.WithCallbackClock(func() time.Time { return now })
	const message = `{"EventType":"check_url"}`
	encrypt := sealed(t, testAESKey, layout(len(message), message, testAppKey))
	for _, tc := range []struct {
		timestamp string
		ok        bool
	}{
		{"1663143335567", true},
		{"1663143335", true},
		{"1663143035567", true}, // five minutes ago
		{"1663143635567", true}, // in five minutes
		{"1663143035566", false},
		{"1663143635568", false},
		{"1663143034", false},
		{"0", false},
		{"-1663143335567", false},
		{"9223372036854775807", false},
		{"92233720368547758079", false},
		{"", false},
		{"35", false}, // the vendor's Go sample sends the second of the minute
		{"1663143335.5", false},
		{"2022-09-14", false},
	} {
		p := signed(tc.timestamp, encrypt)
		_, err := newCallback(t, dingoa.WithTimestampWindow(5*time.Minute), clock).Parse(p.query, []byte(p.body))
		verifyErr := newCallback(t, dingoa.WithTimestampWindow(5*time.Minute), clock).
			Verify(p.query.Get("signature"), tc.timestamp, "nonce", encrypt)
		if tc.ok {
			require.NoError(t, err, tc.timestamp)
			require.NoError(t, verifyErr, tc.timestamp)
		} else {
			require.ErrorIs(t, err, dingoa.ErrTimestamp, tc.timestamp)
			require.ErrorIs(t, verifyErr, dingoa.ErrTimestamp, tc.timestamp)
		}
		_, err = newCallback(t, clock).Parse(p.query, []byte(p.body))
		require.NoError(t, err, "without the option any timestamp will do")
	}
}

func TestCallbackChecksInOrder(t *testing.T) {
	t.Parallel()
	cb := newCallback(t, dingoa.WithMaxBody(2000), dingoa.WithTimestampWindow(time.Minute))
	old := signed("1", "%%%%") // everything is wrong
	old.query.Set("signature", "x")
	_, err := cb.Parse(old.query, []byte(old.body+strings.Repeat(" ", 2000)))
	require.ErrorIs(t, err, dingoa.ErrBodyTooLarge)
	_, err = cb.Parse(old.query, []byte(old.body))
	require.ErrorIs(t, err, dingoa.ErrTimestamp)
	_, err = newCallback(t).Parse(old.query, []byte(old.body))
	require.ErrorIs(t, err, dingoa.ErrSignature)
}

func TestNewCallbackSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	owners := []string{testAppKey}
	for _, tc := range []struct {
		token, key string
		owners     []string
		opts       []dingoa.CallbackOption
		want       []string
	}{
		{"", testAESKey, owners, nil, []string{"token"}},
		{testToken + " ", testAESKey, owners, nil, []string{"token"}},
		{testToken, testAESKey + "=", owners, nil, []string{"aes key has 44 characters, 43 are needed"}},
		{testToken, testAESKey[:42] + "-", owners, nil, []string{"aes key is not base64"}},
		{testToken, testAESKey, nil, nil, []string{"no owner key"}},
		{testToken, testAESKey, []string{testAppKey, ""}, nil, []string{"owner key 1 is empty"}},
		{testToken, testAESKey, []string{testAppKey + "\n"}, nil, []string{"owner key 0"}},
		{testToken, testAESKey, owners, []dingoa.CallbackOption{
			dingoa.WithMaxBody(0), dingoa.WithTimestampWindow(-1), dingoa.WithCallbackClock(nil), dingoa.WithCallbackLogger(nil),
		}, []string{"WithMaxBody", "WithTimestampWindow", "WithCallbackClock", "WithCallbackLogger"}},
		{"", "", nil, nil, []string{"token", "aes key", "owner key"}},
	} {
		cb, err := dingoa.NewCallback(tc.token, tc.key, tc.owners, tc.opts...)
		require.Nil(t, cb)
		for _, want := range tc.want {
			require.ErrorContains(t, err, want)
		}
		requireNoSecret(t, nil, err)
	}
	_, err := dingoa.NewCallback(testToken, testAESKey, owners, nil)
	require.NoError(t, err)
}

func FuzzCallbackParse(f *testing.F) {
	for _, tc := range badPushes(f) {
		if len(tc.body) < 1<<16 {
			f.Add(tc.query.Get("signature"), tc.query.Get("timestamp"), tc.query.Get("nonce"), []byte(tc.body))
		}
	}
	cb := newCallback(f)
	windowed := newCallback(f, dingoa.WithTimestampWindow(time.Minute), dingoa.WithMaxBody(1<<16))
	good := testPush(f, cb, `{"EventType":"bpms_task_change","taskId":1}`)
	f.Add(good.query.Get("msg_signature"), good.query.Get("timeStamp"), good.query.Get("nonce"), []byte(good.body))
	sentinels := []error{
		dingoa.ErrBodyTooLarge, dingoa.ErrTimestamp, dingoa.ErrSignature, dingoa.ErrDecrypt, dingoa.ErrOwner, event.ErrMalformed,
	}
	f.Fuzz(func(t *testing.T, signature, timestamp, nonce string, body []byte) {
		query := url.Values{"signature": {signature}, "timestamp": {timestamp}, "nonce": {nonce}}
		for _, cb := range []*dingoa.Callback{cb, windowed} {
			push, err := cb.Parse(query, body)
			if err == nil {
				require.NotEmpty(t, push.Event.Type)
				continue
			}
			require.Nil(t, push)
			require.True(t, slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) }), err)
		}
		// Signed with the right token, the same body gets further.
		var envelope struct {
			Encrypt string `json:"encrypt"`
		}
		if !utf8.Valid(body) || json.Unmarshal(body, &envelope) != nil || envelope.Encrypt == "" {
			return
		}
		p := signed(timestamp, envelope.Encrypt)
		_, err := cb.Parse(p.query, body)
		require.NotErrorIs(t, err, dingoa.ErrSignature)
	})
}

func FuzzDecrypt(f *testing.F) {
	for _, v := range callbackVectors(f) {
		f.Add([]byte(v.Encrypt), []byte(v.Plaintext))
	}
	f.Add([]byte(""), layout(1<<30, "message", testAppKey))
	f.Add([]byte("AAAA"), layout(7, "message", testAppKey))
	cb := newCallback(f)
	f.Fuzz(func(t *testing.T, encrypt, plain []byte) {
		plain = plain[:len(plain)/16*16]
		for _, text := range []string{string(encrypt), sealed(t, testAESKey, plain)} {
			message, err := cb.Decrypt(text)
			if err != nil {
				require.True(t, errors.Is(err, dingoa.ErrDecrypt) || errors.Is(err, dingoa.ErrOwner), err)
				require.Nil(t, message)
				continue
			}
			again, err := cb.Encrypt(message)
			require.NoError(t, err)
			got, err := cb.Decrypt(again.Encrypt)
			require.NoError(t, err)
			require.True(t, bytes.Equal(message, got))
		}
	})
}

func BenchmarkCallbackParse(b *testing.B) {
	for _, size := range []int{400, 4096} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			cb := newCallback(b)
			message := `{"EventType":"bpms_task_change","EventTime":1663143335567,"CorpId":"ding9f50b15bxxxx16741","BizId":"1663",` +
				`"eventId":"c7c7120f2c07419ebdba0318c8","result":"agree","processInstanceId":"ce133dd0-5b22-9516","finishTime":1670983893000,` +
				`"createTime":1670983873000,"processCode":"PROC-27BBC5E6","businessId":"2038","type":"finish","taskId":811165,"staffId":"0805","remark":""}`
			message = strings.Replace(message, `"remark":""`, `"remark":"`+strings.Repeat("x", size-len(message))+`"`, 1)
			require.Len(b, message, size)
			p := testPush(b, cb, message)
			body := []byte(p.body)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cb.Parse(p.query, body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
