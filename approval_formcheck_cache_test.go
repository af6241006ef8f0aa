package dingoa

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/form"
)

// TestDropLeavesNewerForms: a slow caller drops the form that it saw, not the one
// that somebody else has read meanwhile, nor the notice of a change.
func TestDropLeavesNewerForms(t *testing.T) {
	t.Parallel()
	now := time.Now()
	forms := &formCheck{forms: map[string]heldForm{}}
	reading := func() heldForm { return heldForm{&form.Schema{}, forms.next(), now.Add(time.Minute)} }
	old := reading()
	forms.keep("key", old)
	forms.keep("key", reading())
	forms.drop("key", old.number)
	held, ok := forms.held("key", now)
	require.True(t, ok)
	require.Greater(t, held.number, old.number)

	late := reading()
	forms.forget("key")
	forms.drop("key", held.number)
	forms.keep("key", late)
	_, ok = forms.held("key", now)
	require.False(t, ok, "what was read before the change came too late")

	fresh := reading()
	forms.keep("key", fresh)
	forms.drop("key", fresh.number)
	_, ok = forms.held("key", now)
	require.False(t, ok)
}
