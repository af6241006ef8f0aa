package inbox_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/inbox"
)

func deadLetters(t *testing.T, in *inbox.Inbox) []event.DeadLetter {
	t.Helper()
	var letters []event.DeadLetter
	for letter, err := range in.DeadLetters(t.Context()) {
		require.NoError(t, err)
		letters = append(letters, letter)
	}
	return letters
}

func requireHandled(t *testing.T, in *inbox.Inbox, e *event.Event, want bool) {
	t.Helper()
	got, err := in.Handled(t.Context(), e.Key())
	require.NoError(t, err)
	require.Equal(t, want, got, e.ID)
}

// recorder hands every event to the test, which answers for the handler.
type recorder struct {
	events  chan *event.Event
	answers chan error
}

func newRecorder() *recorder {
	return &recorder{make(chan *event.Event), make(chan error)}
}

func (r *recorder) Dispatch(_ context.Context, e *event.Event) error {
	r.events <- e
	return <-r.answers
}

// next requires the next event to be e, and answers.
func (r *recorder) next(t *testing.T, e *event.Event, answer error) {
	t.Helper()
	got := <-r.events
	require.Equal(t, e.ID, got.ID)
	require.Equal(t, e.Data, got.Data)
	require.Equal(t, e.Raw, got.Raw)
	r.answers <- answer
}

func TestDeadLetterIsReplayedOrDiscarded(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithMaxAttempts(2))
	r := newRecorder()
	run(t, in, r)
	first, second, third := taskChange(t, "a", 1), taskChange(t, "a", 2), taskChange(t, "a", 3)
	for _, e := range []*event.Event{first, second, third} {
		require.NoError(t, in.Dispatch(t.Context(), e))
	}
	refusal := errors.New("no such order \xff")
	r.next(t, first, refusal)
	r.next(t, first, refusal)
	r.next(t, second, refusal)
	r.next(t, second, errors.New("not that either"))
	r.next(t, third, nil)

	last := taskChange(t, "a", 4) // once it came, third is noted
	require.NoError(t, in.Dispatch(t.Context(), last))
	r.next(t, last, nil)
	letters := deadLetters(t, in)
	require.Len(t, letters, 2)
	require.Equal(t, first.ID, letters[0].Event.ID)
	require.Equal(t, first.Data, letters[0].Event.Data)
	require.Equal(t, 2, letters[0].Attempts)
	require.Equal(t, "no such order ", letters[0].Problem)
	require.False(t, letters[0].Time.IsZero())
	require.Equal(t, second.ID, letters[1].Event.ID)
	require.Equal(t, "not that either", letters[1].Problem)
	requireHandled(t, in, first, false)
	requireHandled(t, in, third, true)

	// A repeat of a dead letter changes nothing.
	require.NoError(t, in.Dispatch(t.Context(), first))
	require.Len(t, deadLetters(t, in), 2)

	// A replay counts its attempts anew.
	require.NoError(t, in.Replay(t.Context(), first.Key()))
	require.Len(t, deadLetters(t, in), 1)
	r.next(t, first, refusal)
	r.next(t, first, nil)

	require.NoError(t, in.Discard(t.Context(), second.Key()))
	require.Empty(t, deadLetters(t, in))
	require.NoError(t, in.Dispatch(t.Context(), second)) // still known
	require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 5)))
	r.next(t, taskChange(t, "a", 5), nil)
	requireHandled(t, in, first, true)
	requireHandled(t, in, second, false)

	for _, key := range []string{first.Key(), second.Key(), "unknown"} {
		require.ErrorIs(t, in.Replay(t.Context(), key), event.ErrNoDeadLetter)
		require.ErrorIs(t, in.Discard(t.Context(), key), event.ErrNoDeadLetter)
	}
}

func TestKeysAreNoPatterns(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	require.NoError(t, in.Dispatch(t.Context(), taskChange(t, "a", 1)))
	for _, key := range []string{"", "*", ">", "a.b", "a b", "键"} {
		handled, err := in.Handled(t.Context(), key)
		require.NoError(t, err)
		require.False(t, handled)
		require.ErrorIs(t, in.Replay(t.Context(), key), event.ErrNoDeadLetter)
		require.ErrorIs(t, in.Discard(t.Context(), key), event.ErrNoDeadLetter)
	}
}

// An event that only a later version of the package can read is given up by a
// handler for its type like any other, and can be discarded.
func TestUnreadableEventBecomesDeadLetter(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir(), inbox.WithMaxAttempts(1))
	broken := &event.Event{ID: "1", Type: "bpms_task_change", Raw: []byte(`{"processInstanceId":[]}`), Data: event.UnknownEvent{}}
	fine := taskChange(t, "a", 1)
	handled := make(chan string, 2)
	d, err := event.NewDispatcher(event.On(func(_ context.Context, e *event.Event, _ event.TaskChange) error {
		handled <- e.ID
		return nil
	}))
	require.NoError(t, err)
	require.NoError(t, in.Dispatch(t.Context(), broken))
	run(t, in, d)
	require.NoError(t, in.Dispatch(t.Context(), fine))
	require.Equal(t, fine.ID, <-handled)
	require.Eventually(t, func() bool { return len(deadLetters(t, in)) > 0 }, waitTime, pollTime)
	letter := deadLetters(t, in)[0]
	require.Equal(t, broken, letter.Event)
	require.Contains(t, letter.Problem, "malformed")
	require.Empty(t, handled)
	require.NoError(t, in.Discard(t.Context(), broken.Key()))
	require.Empty(t, deadLetters(t, in))
}

func TestAttemptsOutliveTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := taskChange(t, "a", 1)
	for i := range 3 {
		in := open(t, dir, inbox.WithMaxAttempts(3), inbox.WithBackoff(waitTime, waitTime))
		require.NoError(t, in.Dispatch(t.Context(), e))
		r := newRecorder()
		stop := run(t, in, r)
		r.next(t, e, errors.New("no"))
		stop()
		require.Len(t, deadLetters(t, in), i/2)
		require.NoError(t, in.Close())
	}
}
