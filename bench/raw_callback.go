package bench

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // the vendor's protocol
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"net/url"
	"slices"
)

// rawCallback is the floor of the callbacks: the tightest that the standard
// library allows. It takes only the usual form of a push, keeps one set of
// working memory for one goroutine, and explains no error.
type rawCallback struct {
	token   string
	owner   []byte
	iv      []byte
	cbc     cbcDecrypter
	sha1    hash.Hash
	scratch []byte
	plain   []byte
}

// cbcDecrypter is what crypto/cipher returns: it can be set back to the start.
type cbcDecrypter interface {
	cipher.BlockMode
	SetIV(iv []byte)
}

// rawEvent has the fields of a task change, as one would write them by hand.
type rawEvent struct {
	EventType         string `json:"EventType"`
	CorpID            string `json:"CorpId"`
	EventTime         int64  `json:"EventTime"`
	EventID           string `json:"eventId"`
	ProcessInstanceID string `json:"processInstanceId"`
	TaskID            int64  `json:"taskId"`
	ProcessCode       string `json:"processCode"`
	BusinessID        string `json:"businessId"`
	Title             string `json:"title"`
	Type              string `json:"type"`
	Result            string `json:"result"`
	StaffID           string `json:"staffId"`
	Remark            string `json:"remark"`
	CreateTime        int64  `json:"createTime"`
	FinishTime        int64  `json:"finishTime"`
}

var errRawCallback = errors.New("the push is not right")

func newRawCallback(token, encodingAESKey, owner string) (*rawCallback, error) {
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	iv := key[:aes.BlockSize]
	cbc, ok := cipher.NewCBCDecrypter(block, iv).(cbcDecrypter)
	if !ok {
		return nil, errors.New("the decrypter cannot be reused")
	}
	return &rawCallback{token: token, owner: []byte(owner), iv: iv, cbc: cbc, sha1: sha1.New()}, nil //nolint:gosec // the vendor's protocol
}

func (c *rawCallback) parse(query url.Values, body []byte) (*rawEvent, error) {
	message, err := c.open(query, body)
	if err != nil {
		return nil, err
	}
	event := new(rawEvent)
	if err := json.Unmarshal(message, event); err != nil {
		return nil, err
	}
	return event, nil
}

// open does everything up to the JSON of the event, which lies in c.plain.
func (c *rawCallback) open(query url.Values, body []byte) ([]byte, error) {
	encrypt, ok := bytes.CutPrefix(body, []byte(`{"encrypt":"`))
	if !ok {
		return nil, errRawCallback
	}
	if encrypt, ok = bytes.CutSuffix(encrypt, []byte(`"}`)); !ok || !c.signed(query, encrypt) {
		return nil, errRawCallback
	}
	c.plain = slices.Grow(c.plain[:0], base64.StdEncoding.DecodedLen(len(encrypt)))
	n, err := base64.StdEncoding.Decode(c.plain[:cap(c.plain)], encrypt)
	if err != nil || n == 0 || n%aes.BlockSize != 0 {
		return nil, errRawCallback
	}
	plain := c.plain[:n]
	c.cbc.SetIV(c.iv)
	c.cbc.CryptBlocks(plain, plain)
	pad := int(plain[n-1])
	if pad < 1 || pad > 32 || n < 20+pad {
		return nil, errRawCallback
	}
	rest := plain[20 : n-pad]
	length := binary.BigEndian.Uint32(plain[16:])
	if uint64(length) > uint64(len(rest)) || !bytes.Equal(rest[length:], c.owner) {
		return nil, errRawCallback
	}
	return rest[:length], nil
}

func (c *rawCallback) signed(query url.Values, encrypt []byte) bool {
	parts := [...]string{c.token, query.Get("timestamp"), query.Get("nonce")}
	slices.Sort(parts[:])
	c.sha1.Reset()
	placed := false
	for _, part := range parts {
		if !placed && string(encrypt) < part {
			c.sha1.Write(encrypt)
			placed = true
		}
		c.scratch = append(c.scratch[:0], part...)
		c.sha1.Write(c.scratch)
	}
	if !placed {
		c.sha1.Write(encrypt)
	}
	c.scratch = c.sha1.Sum(c.scratch[:0])
	c.scratch = hex.AppendEncode(c.scratch, c.scratch)
	want := c.scratch[sha1.Size:]
	got := query.Get("signature")
	if len(got) != len(want) {
		return false
	}
	var signature [2 * sha1.Size]byte
	copy(signature[:], got)
	return subtle.ConstantTimeCompare(want, signature[:]) == 1
}
