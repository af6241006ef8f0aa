package dingoa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/operation"
)

// Page is one page of a list.
type Page[T any] struct {
	// Items are the items of the page, possibly none.
	Items []T
	// NextCursor fetches the next page; empty on the last one.
	NextCursor string
}

// HasMore reports whether there is a next page.
func (p *Page[T]) HasMore() bool { return p.NextCursor != "" }

// nextCursor is the first of the cursors that leads to another page. The pages
// of both gateways say that the last page has no cursor; clients have also met
// null, empty text and 0 there. No cursor is below 0.
func nextCursor(cursors ...string) string {
	for _, cursor := range cursors {
		if cursor != "" && cursor != "0" && !strings.HasPrefix(cursor, "-") {
			return cursor
		}
	}
	return ""
}

// maxEmptyPages is how many pages in a row may hold nothing and yet lead on.
const maxEmptyPages = 100

// pages walks a list from its first page to its last. The sequence fetches
// lazily, may be ranged over again from the start, stops fetching when the loop
// breaks, and ends after the first error.
func pages[T any](ctx context.Context, op operation.Operation, fetch func(ctx context.Context, cursor string) (*Page[T], error)) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		seen := map[string]bool{}
		empty := 0
		for cursor := ""; ; {
			page, err := fetch(ctx, cursor)
			if err != nil {
				yield(nil, cursorFault(err, cursor))
				return
			}
			if !yield(page, nil) || !page.HasMore() {
				return
			}
			if seen[page.NextCursor] || page.NextCursor == cursor {
				yield(nil, errorWith(op, ErrServer, "the cursor %q came again, so the list would never end; the items so far are good", page.NextCursor))
				return
			}
			if empty++; len(page.Items) > 0 {
				empty = 0
			}
			if empty == maxEmptyPages {
				yield(nil, errorWith(op, ErrServer, "%d pages in a row hold nothing and name another one; the items so far are good", empty))
				return
			}
			seen[page.NextCursor] = true
			cursor = page.NextCursor
		}
	}
}

// cursorFault blames DingTalk for a cursor that it gave itself.
func cursorFault(err error, cursor string) error {
	var e *Error
	isCursor := func(f FieldError) bool { return f.Field == "Cursor" }
	if cursor == "" || !errors.As(err, &e) || !slices.ContainsFunc(e.Fields, isCursor) {
		return err
	}
	return &Error{
		Op: e.Op, Kind: ErrServer,
		Message: fmt.Sprintf("DingTalk ended a page with the cursor %q, which leads nowhere; the items so far are good", redact.Text(cursor, maxErrorName)),
	}
}

// Items walks a list item by item, from its first page to its last; fetch returns
// the page that cursor leads to, the first for "". The sequence fetches lazily, may
// be ranged over again from the start, stops fetching when the loop breaks, and
// ends after the first error. It is for packages that add operations, see
// [Client.Call].
func Items[T any](ctx context.Context, op operation.Operation, fetch func(ctx context.Context, cursor string) (*Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages(ctx, op, fetch) {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}
