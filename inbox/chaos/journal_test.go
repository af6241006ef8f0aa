package chaos_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

// journaledInbox notes when an event is about to be kept and when it was.
type journaledInbox struct {
	*inbox.Inbox

	journal *journal
}

// Dispatch keeps the event under the keys that the inbox gives it.
func (in *journaledInbox) Dispatch(ctx context.Context, e *event.Event) error {
	for _, e := range e.Unpack() {
		if err := in.journal.note(keeping, e); err != nil {
			return err
		}
		if err := in.Inbox.Dispatch(ctx, e); err != nil {
			return err
		}
		if err := in.journal.note(kept, e); err != nil {
			return err
		}
	}
	return nil
}

// step is what happened to an event.
type step string

const (
	keeping  step = "keeping"
	kept     step = "kept"
	handling step = "handling"
	handled  step = "handled"
	failed   step = "failed"
)

// line is a line of the journal.
type line struct {
	Step     step                     `json:"step"`
	Key      string                   `json:"key"`
	Instance string                   `json:"instance"`
	Change   event.InstanceChangeType `json:"change,omitempty"` // of an instance
	Result   dingoa.Result            `json:"result,omitempty"`
	Time     time.Time                `json:"time"` // the event's, by DingTalk's clock
	Source   event.Source             `json:"source"`
	PID      int                      `json:"pid"`
}

// isEnd reports whether the event tells the end of an approval.
func (l line) isEnd() bool {
	return l.Change == event.InstanceChangeFinish || l.Change == event.InstanceChangeTerminate
}

// journal is a file that all processes append to, and a directory of effects,
// each a file that only one of them can create. What is written outlives them.
type journal struct {
	dir string
	log *os.File
}

func openJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(filepath.Join(dir, "effects"), 0o700); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return &journal{dir, log}, err
}

func (j *journal) note(s step, e *event.Event) error {
	l := line{Step: s, Key: e.Key(), Instance: e.Subject(), Source: e.Source, Time: e.Time, PID: os.Getpid()}
	if c, ok := e.Data.(event.InstanceChange); ok {
		l.Change, l.Result = c.Change, c.Result
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = j.log.Write(append(data, '\n')) // one write: lines of two processes don't mix
	return err
}

// handle is the handler: it has its effect once, with the key for its name, and
// fails or panics now and then, before the effect or after it.
func (j *journal) handle(e *event.Event) error {
	if err := j.note(handling, e); err != nil {
		return err
	}
	luck := rand.IntN(100)
	if luck < 3 {
		return errors.Join(errors.New("made to fail"), j.note(failed, e))
	}
	file, err := os.OpenFile(filepath.Join(j.dir, "effects", e.Key()), os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if luck < 5 {
		if err := j.note(failed, e); err != nil {
			return err
		}
		panic("made to panic after the effect")
	}
	return j.note(handled, e)
}
