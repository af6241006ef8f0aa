package emulator

import (
	"crypto/md5" //nolint:gosec // the checksum that the vendor takes
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// spoolMemory is how much of an upload is kept in memory, in bytes.
const spoolMemory = 16 << 10

var errObjectTooLarge = errors.New("the emulator takes files of up to 256 MB")

// spool holds an upload that is not yet committed: in memory while it is small,
// else in a temporary file.
type spool struct {
	memory []byte
	file   *os.File
	size   int64
	md5    string
}

// receive reads an upload. The caller closes the spool.
func receive(r io.Reader) (sp *spool, err error) {
	sp = &spool{}
	defer func() {
		if err != nil {
			sp.close()
		}
	}()
	sum := md5.New() //nolint:gosec // the checksum that the vendor takes
	r = io.TeeReader(io.LimitReader(r, maxObject+1), sum)
	done := func() (*spool, error) {
		sp.md5 = hex.EncodeToString(sum.Sum(nil))
		return sp, nil
	}
	sp.memory = make([]byte, 0, spoolMemory)
	for len(sp.memory) < spoolMemory {
		n, err := r.Read(sp.memory[len(sp.memory):spoolMemory])
		sp.memory, sp.size = sp.memory[:len(sp.memory)+n], sp.size+int64(n)
		if errors.Is(err, io.EOF) {
			return done()
		}
		if err != nil {
			return sp, err
		}
	}
	if sp.file, err = os.CreateTemp("", "dingoa-upload-"); err != nil {
		return sp, err
	}
	_ = os.Remove(sp.file.Name()) // not while it is open on Windows; close does it there
	more, err := io.CopyBuffer(struct{ io.Writer }{sp.file}, r, make([]byte, spoolMemory))
	sp.size += more
	switch {
	case err != nil:
		return sp, err
	case sp.size > maxObject:
		return sp, errObjectTooLarge
	}
	return done()
}

// content reads all of it.
func (sp *spool) content() ([]byte, error) {
	content := make([]byte, sp.size)
	n := copy(content, sp.memory)
	if sp.file == nil {
		return content, nil
	}
	_, err := sp.file.ReadAt(content[n:], 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return content, err
}

func (sp *spool) close() {
	if sp == nil || sp.file == nil {
		return
	}
	_ = sp.file.Close()
	_ = os.Remove(sp.file.Name()) //nolint:gosec // it was made here; mostly it is removed already
	sp.file = nil
}
