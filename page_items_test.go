package dingoa

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/operation"
)

// book is a list of pages; the cursor of each is the next one's name.
type book struct {
	pages map[string]*Page[int]
	err   error
	asked []string
}

func (b *book) fetch(_ context.Context, cursor string) (*Page[int], error) {
	b.asked = append(b.asked, cursor)
	page, ok := b.pages[cursor]
	if !ok {
		return nil, b.err
	}
	return page, nil
}

func threePages() *book {
	return &book{err: errors.New("no such page"), pages: map[string]*Page[int]{
		"":  {Items: []int{1, 2}, NextCursor: "b"},
		"b": {NextCursor: "c"},
		"c": {Items: []int{3}},
	}}
}

func TestItems(t *testing.T) {
	t.Parallel()
	b := threePages()
	all := Items(t.Context(), operation.ListProcessInstanceIds, b.fetch)
	require.Empty(t, b.asked, "nothing is fetched before the loop")
	for range 2 {
		b.asked = nil
		var got []int
		for item, err := range all {
			require.NoError(t, err)
			got = append(got, item)
		}
		require.Equal(t, []int{1, 2, 3}, got)
		require.Equal(t, []string{"", "b", "c"}, b.asked)
	}
}

func TestItemsStopWithTheLoop(t *testing.T) {
	t.Parallel()
	b := threePages()
	for item, err := range Items(t.Context(), operation.ListProcessInstanceIds, b.fetch) {
		require.NoError(t, err)
		if item == 2 {
			break
		}
	}
	require.Equal(t, []string{""}, b.asked)
}

func TestItemsEndWithOneError(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*book) error{
		"failing page":      func(b *book) error { delete(b.pages, "c"); return b.err },
		"standing cursor":   func(b *book) error { b.pages["b"].NextCursor = "b"; return ErrServer },
		"cursors in a ring": func(b *book) error { b.pages["c"].NextCursor = "b"; return ErrServer },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := threePages()
			want := change(b)
			var errs []error
			for item, err := range Items(t.Context(), operation.ListProcessInstanceIds, b.fetch) {
				if err != nil {
					require.Zero(t, item)
					errs = append(errs, err)
				}
			}
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], want)
			require.LessOrEqual(t, len(b.asked), 3)
		})
	}
}
