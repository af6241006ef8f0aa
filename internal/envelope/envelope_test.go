package envelope_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/internal/envelope"
)

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

func vectors(tb testing.TB) []vector {
	tb.Helper()
	data, err := os.ReadFile("../../testdata/callback/vectors.json")
	require.NoError(tb, err)
	var v []vector
	require.NoError(tb, json.Unmarshal(data, &v))
	require.Len(tb, v, 3)
	return v
}

const testKey = "1234567890123456789012345678901234567890123"

func newCipher(tb testing.TB, key string) *envelope.Cipher {
	tb.Helper()
	c, err := envelope.NewCipher(key)
	require.NoError(tb, err)
	return c
}

// keyBytes and the two functions below do with the standard library alone what
// the package does, so that it is not its own judge.
func keyBytes(tb testing.TB, key string) []byte {
	tb.Helper()
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	require.NoError(tb, err)
	return raw
}

func encryptRaw(tb testing.TB, plain []byte) string {
	tb.Helper()
	raw := keyBytes(tb, testKey)
	block, err := aes.NewCipher(raw)
	require.NoError(tb, err)
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, raw[:16]).CryptBlocks(out, plain)
	return base64.StdEncoding.EncodeToString(out)
}

func decryptRaw(tb testing.TB, key, encrypt string) []byte {
	tb.Helper()
	raw := keyBytes(tb, key)
	block, err := aes.NewCipher(raw)
	require.NoError(tb, err)
	out, err := base64.StdEncoding.DecodeString(encrypt)
	require.NoError(tb, err)
	cipher.NewCBCDecrypter(block, raw[:16]).CryptBlocks(out, out)
	return out
}

// plaintext lays the parts out, with any length field and any padding.
func plaintext(length uint32, rest string, pad []byte) []byte {
	out := make([]byte, 16, 64)
	out = binary.BigEndian.AppendUint32(out, length)
	out = append(out, rest...)
	return append(out, pad...)
}

func padding(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(n)
	}
	return out
}

func TestVendorVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		c := newCipher(t, v.AESKey)
		message, owner, err := c.Open(nil, []byte(v.Encrypt))
		require.NoError(t, err)
		require.Equal(t, v.Plaintext, string(message))
		require.Equal(t, v.OwnerKey, string(owner))

		var random [16]byte
		copy(random[:], decryptRaw(t, v.AESKey, v.Encrypt))
		require.Equal(t, v.Encrypt, c.Seal(random, []byte(v.Plaintext), []byte(v.OwnerKey)))

		signature, _ := envelope.Sign(nil, v.Token, v.Timestamp, v.Nonce, []byte(v.Encrypt))
		require.Equal(t, v.Signature, string(signature[:]))
		require.True(t, signature.Matches(v.Signature))
		require.True(t, signature.Matches(strings.ToUpper(v.Signature)))
	}
}

func TestSealOpenRoundTripAtEveryPadding(t *testing.T) {
	t.Parallel()
	c := newCipher(t, testKey)
	var buf []byte
	for n := range 100 {
		message := strings.Repeat("审", n)
		encrypt := c.Seal([16]byte{1, 2, 3}, []byte(message), []byte("owner"))
		require.Zero(t, len(decryptRaw(t, testKey, encrypt))%32, "padded to 32")
		got, owner, err := c.Open(buf, []byte(encrypt))
		require.NoError(t, err)
		require.Equal(t, message, string(got))
		require.Equal(t, "owner", string(owner))
		buf = got
	}
}

func TestOpenAcceptsEveryPadding1To32(t *testing.T) {
	t.Parallel()
	c := newCipher(t, testKey)
	for n := 1; n <= 32; n++ {
		rest := strings.Repeat("m", 60-n) // 16+4+60 bytes: whole blocks
		encrypt := encryptRaw(t, plaintext(5, rest, padding(n)))
		message, owner, err := c.Open(nil, []byte(encrypt))
		require.NoError(t, err, n)
		require.Equal(t, "mmmmm", string(message))
		require.Len(t, owner, 60-n-5)
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	t.Parallel()
	good := newCipher(t, testKey).Seal([16]byte{}, []byte("message"), []byte("owner"))
	uneven := padding(32)
	uneven[0] = 31
	for name, encrypt := range map[string]string{
		"empty":                   "",
		"not base64":              "%%%%",
		"cut base64":              good[:len(good)-1],
		"cut inside a block":      good[:len(good)-8] + "====",
		"not whole blocks":        base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"one block":               encryptRaw(t, padding(16)),
		"nothing but padding":     encryptRaw(t, padding(32)),
		"padding 0":               encryptRaw(t, plaintext(7, "messageowner", append(padding(31), 0))),
		"padding 33":              encryptRaw(t, plaintext(7, "messageowner", append(padding(31), 33))),
		"padding longer than all": encryptRaw(t, append(make([]byte, 15), 17)),
		"uneven padding":          encryptRaw(t, plaintext(7, "messageowner", uneven)),
		"length too long":         encryptRaw(t, plaintext(9, "messages", padding(20))),
		"length 4 GiB":            encryptRaw(t, plaintext(1<<32-1, "messages", padding(20))),
		"no length field":         encryptRaw(t, append(make([]byte, 16), padding(16)...)),
	} {
		_, _, err := newCipher(t, testKey).Open(nil, []byte(encrypt))
		require.Error(t, err, name)
	}
}

func TestOpenSurvivesEveryCutAndFlip(t *testing.T) {
	t.Parallel()
	c := newCipher(t, testKey)
	good := c.Seal([16]byte{}, []byte(`{"EventType":"check_url"}`), []byte("owner"))
	for n := range good {
		_, _, err := c.Open(nil, []byte(good[:n]))
		if err == nil {
			require.Zero(t, base64.StdEncoding.DecodedLen(n)%16)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(good)
	require.NoError(t, err)
	for i := range raw {
		raw[i] ^= 0x80
		message, owner, err := c.Open(nil, []byte(base64.StdEncoding.EncodeToString(raw)))
		if err == nil && i >= 16 {
			require.NotEqual(t, `{"EventType":"check_url"}owner`, string(message)+string(owner), i)
		}
		raw[i] ^= 0x80
	}
}

func TestOpenWithABufferDoesNotAllocate(t *testing.T) {
	c := newCipher(t, testKey)
	encrypt := []byte(c.Seal([16]byte{}, make([]byte, 4096), []byte("owner")))
	buf := make([]byte, envelope.ScratchSize(len(encrypt)))
	// AllocsPerRun rounds down, so the odd refill of the pool does not count.
	require.Zero(t, testing.AllocsPerRun(200, func() {
		if _, _, err := c.Open(buf, encrypt); err != nil {
			panic(err)
		}
	}))
	var signature envelope.Signature
	require.Zero(t, testing.AllocsPerRun(200, func() {
		signature, buf = envelope.Sign(buf, "token", "1", "nonce", encrypt)
		if signature.Matches("x") {
			panic("matched")
		}
	}))
}

func TestOpenConcurrently(t *testing.T) {
	t.Parallel()
	c := newCipher(t, testKey)
	var wg sync.WaitGroup
	for g := range 8 {
		message := strings.Repeat(strconv.Itoa(g), 100+g)
		encrypt := []byte(c.Seal([16]byte{byte(g)}, []byte(message), []byte("owner")))
		wg.Go(func() {
			for range 200 {
				got, _, err := c.Open(nil, encrypt)
				if err != nil || string(got) != message {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestNewCipherRefusesOtherKeysWithoutPrintingThem(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"", "short", testKey + "4", testKey[:42] + "=", testKey[:42] + "%", testKey[:40] + "\n\n\n", strings.Repeat("密", 43/3) + "x",
	} {
		_, err := envelope.NewCipher(key)
		require.Error(t, err, key)
		if len(key) > 1 {
			require.NotContains(t, err.Error(), key)
		}
	}
}

// The last character of a key of letters and digits carries two bits too many.
func TestNewCipherIgnoresStrayBits(t *testing.T) {
	t.Parallel()
	last := strings.Repeat("a", 42)
	encrypt := newCipher(t, last+"a").Seal([16]byte{}, []byte("m"), []byte("o"))
	require.Equal(t, encrypt, newCipher(t, last+"b").Seal([16]byte{}, []byte("m"), []byte("o")))
}

func TestSignSortsBytewise(t *testing.T) {
	t.Parallel()
	for _, parts := range [][4]string{
		{"b", "c", "d", "a"},
		{"a", "c", "d", "b"},
		{"a", "b", "d", "c"},
		{"a", "b", "c", "d"},
		{"Z", "a", "_", "1"},
		{"a", "a", "a", "a"},
		{"", "", "", ""},
		{"ab", "a", "abc", "b"},
	} {
		want, _ := envelope.Sign(nil, parts[0], parts[1], parts[2], []byte(parts[3]))
		for _, p := range permutations(parts) {
			got, _ := envelope.Sign(nil, p[0], p[1], p[2], []byte(p[3]))
			require.Equal(t, want, got, p)
		}
	}
	// SHA-1 of "abcd".
	got, _ := envelope.Sign(nil, "d", "a", "c", []byte("b"))
	require.Equal(t, "81fe8bfe87576c3ecb22426f8e57847382917acf", string(got[:]))
}

func permutations(p [4]string) (out [][4]string) {
	for a := range 4 {
		for b := range 4 {
			for c := range 4 {
				d := 6 - a - b - c
				if a == b || a == c || b == c || d < 0 || d > 3 || d == a || d == b || d == c {
					continue
				}
				out = append(out, [4]string{p[a], p[b], p[c], p[d]})
			}
		}
	}
	return out
}

func TestSignatureMatchesNothingElse(t *testing.T) {
	t.Parallel()
	signature, _ := envelope.Sign(nil, "token", "1", "nonce", []byte("text"))
	good := string(signature[:])
	for i := range good {
		bad := []byte(good)
		bad[i] ^= 1
		require.False(t, signature.Matches(string(bad)), i)
	}
	for _, bad := range []string{"", good[:39], good + "0", " " + good[1:], strings.Repeat("0", 40)} {
		require.False(t, signature.Matches(bad))
	}
}

func TestUnwrap(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ body, want string }{
		{`{"encrypt":"abc+/="}`, "abc+/="},
		{" \r\n\t{ \"encrypt\" \n:\t\"abc\" }\r\n", "abc"},
		{`{"encrypt":"a\/b"}`, "a/b"},
		{`{"\u0065ncrypt":"abc"}`, "abc"},
		{`{"other":{"encrypt":"no"},"encrypt":"abc","more":1}`, "abc"},
		{`{"encrypt":"","encrypt":"abc"}`, "abc"},
	} {
		got, err := envelope.Unwrap([]byte(tc.body))
		require.NoError(t, err, tc.body)
		require.Equal(t, tc.want, string(got))
	}
	for _, body := range []string{
		``, ` `, `null`, `[]`, `"encrypt"`, `{}`, `{"encrypt":""}`, `{"encrypt":null}`, `{"encrypt":1}`, `{"encrypt":"abc"`,
		`{"encrypt":"abc`, `{"encrypt":"abc"}}`, `{"encrypt":"abc"} x`, `{"encrypt" "abc"}`, `{"encrypt":"a\"}`, `<html>`, `encrypt=abc`,
		`{"encrypt":["abc"]}`, "\x00\xff",
	} {
		_, err := envelope.Unwrap([]byte(body))
		require.Error(t, err, body)
	}
}

// Whatever Unwrap reads by hand, encoding/json reads in the same way, unless
// it holds bytes that the base64 decoder refuses next.
func FuzzUnwrap(f *testing.F) {
	for _, seed := range []string{`{"encrypt":"abc"}`, ` { "encrypt" : "a\/b" } `, `{"encrypt":"","encrypt":"a"}`, `{"encrypt":"a"}}`, `{`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := envelope.Unwrap(body)
		if err != nil {
			return
		}
		if _, err := base64.StdEncoding.Strict().DecodeString(string(got)); err != nil || strings.ContainsAny(string(got), "\r\n") {
			return
		}
		var want struct {
			Encrypt string `json:"encrypt"`
		}
		require.NoError(t, json.Unmarshal(body, &want))
		require.Equal(t, want.Encrypt, string(got))
	})
}

// FuzzOpen encrypts any plaintext of whole blocks, so that it reaches what lies
// behind the cipher.
func FuzzOpen(f *testing.F) {
	f.Add(plaintext(7, "messageo", padding(20)))
	f.Add(plaintext(1<<32-1, "messages", padding(20)))
	f.Add(padding(32))
	f.Add([]byte{})
	c := newCipher(f, testKey)
	f.Fuzz(func(t *testing.T, plain []byte) {
		plain = plain[:len(plain)/16*16]
		message, owner, err := c.Open(nil, []byte(encryptRaw(t, plain)))
		if err != nil {
			return
		}
		pad := int(plain[len(plain)-1])
		require.True(t, pad >= 1 && pad <= 32)
		require.Equal(t, plain[20:len(plain)-pad], append(message, owner...))
		require.Len(t, message, int(binary.BigEndian.Uint32(plain[16:])))
	})
}

func BenchmarkOpen(b *testing.B) {
	for _, size := range []int{400, 4096} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			c := newCipher(b, testKey)
			encrypt := []byte(c.Seal([16]byte{}, make([]byte, size), []byte("owner")))
			buf := make([]byte, envelope.ScratchSize(len(encrypt)))
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := c.Open(buf, encrypt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
