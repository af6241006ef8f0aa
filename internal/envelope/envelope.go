// Package envelope is the encrypted and signed envelope around DingTalk's HTTP
// pushes and their replies: AES-256-CBC with padding to 32 bytes, and a SHA-1
// signature.
//
// The plaintext inside is 16 random bytes, the length of the message as 4
// bytes big-endian, the message, and the owner key (AppKey, corpId, suiteKey)
// that says whom the push is for.
//
// See https://open.dingtalk.com/document/development/callback-event-message-body-encryption-and-decryption
package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
)

const (
	// KeyLength is the length of an EncodingAESKey in characters.
	KeyLength = 43

	randomSize = 16
	lengthSize = 4
	padBlock   = 32
)

// Cipher opens and seals envelopes with one key. It is safe for concurrent use.
type Cipher struct {
	block cipher.Block
	iv    []byte
	// decrypters holds cipher.BlockMode values for Open: making one for each
	// push would be its only allocation.
	decrypters sync.Pool
}

// NewCipher takes the EncodingAESKey, base64 of 32 bytes without its "=". The
// console makes keys of letters and digits, so the last character may carry
// bits that belong to no byte; they are ignored.
func NewCipher(encodingAESKey string) (*Cipher, error) {
	if len(encodingAESKey) != KeyLength {
		return nil, fmt.Errorf("has %d characters, %d are needed", len(encodingAESKey), KeyLength)
	}
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("is not base64: only letters, digits, + and / may occur")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &Cipher{block: block, iv: key[:aes.BlockSize]}, nil
}

// ScratchSize is how large a buffer Open needs for a text of n bytes.
func ScratchSize(n int) int { return base64.StdEncoding.DecodedLen(n) }

// Open decrypts the base64 text encrypt. Both results lie in buf when its
// capacity is at least [ScratchSize], and then nothing is allocated.
//
// It does not compare the owner key: an envelope that opens may be somebody
// else's.
func (c *Cipher) Open(buf, encrypt []byte) (message, ownerKey []byte, err error) {
	buf = slices.Grow(buf[:0], ScratchSize(len(encrypt)))
	buf = buf[:cap(buf)]
	n, err := base64.StdEncoding.Decode(buf, encrypt)
	if err != nil {
		return nil, nil, errors.New("the text is not base64")
	}
	if n == 0 || n%aes.BlockSize != 0 {
		return nil, nil, fmt.Errorf("%d bytes are not whole cipher blocks", n)
	}
	plain := buf[:n]
	c.decrypt(plain)
	return split(plain)
}

// decrypt works in place, except that the first block comes out as garbage: a
// decrypter that was used before starts from another initialisation vector,
// which matters to the first block only, and that one holds nothing but the 16
// random bytes.
func (c *Cipher) decrypt(data []byte) {
	mode, ok := c.decrypters.Get().(cipher.BlockMode)
	if !ok {
		mode = cipher.NewCBCDecrypter(c.block, c.iv)
	}
	mode.CryptBlocks(data, data)
	c.decrypters.Put(mode)
}

// split checks padding and length and takes the plaintext apart.
func split(plain []byte) (message, ownerKey []byte, err error) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > padBlock || pad > len(plain) {
		return nil, nil, errors.New("the padding is not 1 to 32 bytes")
	}
	end := len(plain) - pad
	for _, b := range plain[end:] {
		if int(b) != pad {
			return nil, nil, errors.New("the padding bytes differ")
		}
	}
	if end < randomSize+lengthSize {
		return nil, nil, fmt.Errorf("%d bytes are too few for random bytes and length", end)
	}
	length := binary.BigEndian.Uint32(plain[randomSize:])
	rest := plain[randomSize+lengthSize : end]
	if uint64(length) > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("the message should have %d bytes, %d are left", length, len(rest))
	}
	return rest[:length:length], rest[length:], nil
}

// Seal encrypts a message for ownerKey and returns base64.
func (c *Cipher) Seal(random [randomSize]byte, message, ownerKey []byte) string {
	size := randomSize + lengthSize + len(message) + len(ownerKey)
	pad := padBlock - size%padBlock
	plain := make([]byte, 0, size+pad)
	plain = append(plain, random[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message))) //nolint:gosec // a message of 4 GiB is not sent
	plain = append(plain, message...)
	plain = append(plain, ownerKey...)
	for range pad {
		plain = append(plain, byte(pad))
	}
	cipher.NewCBCEncrypter(c.block, c.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}
