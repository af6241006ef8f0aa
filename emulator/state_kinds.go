package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stateKind is how one kind of entity is kept.
type stateKind struct {
	kind kind
	// ids are all there are, in their order.
	ids func(*Server) []string
	// get returns what is written; nil when the entity is no more.
	get func(*Server, string) any
	// set reads it back.
	set func(*stateLoader, string, json.RawMessage) error
	// drop forgets an entity that was set before.
	drop func(*stateLoader, string)
}

// stateKinds are in the order in which they refer to each other.
func stateKinds() []stateKind {
	return []stateKind{
		{kindMeta, func(*Server) []string { return []string{""} }, (*Server).metaRecord, (*stateLoader).meta, nil},
		{kindForm, (*Server).formRevisions, (*Server).formRecord, (*stateLoader).form, nil},
		{kindInstance, func(s *Server) []string { return idsOf(s.order, func(in *instance) string { return in.ID }) }, (*Server).instanceRecord, (*stateLoader).instance, nil},
		{kindPush, func(s *Server) []string { return idsOf(s.pushes.kept(), func(p *queued) string { return p.EventID }) }, (*Server).pushRecord, (*stateLoader).push, (*stateLoader).dropPush},
		{kindCenterTemplate, func(s *Server) []string { return slices.Sorted(maps.Keys(s.center.templates)) }, (*Server).centerTemplateRecord, (*stateLoader).centerTemplate, (*stateLoader).dropCenterTemplate},
		{kindCenterInstance, func(s *Server) []string {
			return idsOf(s.center.order, func(in *centerInstance) string { return in.ID })
		}, (*Server).centerInstanceRecord, (*stateLoader).centerInstance, (*stateLoader).dropCenterInstance},
		{kindTodo, func(s *Server) []string { return idsOf(s.center.todos, func(t *todo) string { return t.ID }) }, (*Server).todoRecord, (*stateLoader).todo, nil},
		{kindDataForm, func(s *Server) []string { return slices.Sorted(maps.Keys(s.dataForms.forms)) }, (*Server).dataFormRecord, (*stateLoader).dataForm, nil},
		{kindDataEntry, func(s *Server) []string {
			return idsOf(s.dataForms.entries, func(e *dataEntry) string { return e.ID })
		}, (*Server).dataEntryRecord, (*stateLoader).dataEntry, (*stateLoader).dropDataEntry},
		{kindFile, func(s *Server) []string { return slices.Sorted(maps.Keys(s.drive.files)) }, (*Server).fileRecord, (*stateLoader).file, nil},
		{kindFault, func(s *Server) []string {
			return idsOf(s.faults, func(f *activeFault) string { return strconv.FormatInt(f.ID, 10) })
		}, (*Server).faultRecord, (*stateLoader).fault, (*stateLoader).dropFault},
		{kindEventFault, func(s *Server) []string {
			return idsOf(s.eventFaults, func(f *eventFault) string { return strconv.FormatInt(f.ID, 10) })
		}, (*Server).eventFaultRecord, (*stateLoader).eventFault, (*stateLoader).dropEventFault},
	}
}

// isKept reports whether a kind of thing is in state files.
func isKept(k kind) bool {
	switch k {
	case kindRequest, kindClock, kindCallback, kindStream, kindReset:
		return false
	}
	return true
}

func idsOf[T any](list []T, id func(T) string) []string {
	ids := make([]string, len(list))
	for i, item := range list {
		ids[i] = id(item)
	}
	return ids
}

// stateLoader puts the lines of a state file into a server.
type stateLoader struct {
	s      *Server
	kinds  map[kind]stateKind
	texts  map[string]string // of few values, each kept once
	latest map[string]string // revision of a form by process code
	pushes map[string]*queued
	read   int // entities, each time that they were written
}

func newStateLoader(s *Server) *stateLoader {
	l := &stateLoader{s: s, kinds: map[kind]stateKind{}, texts: map[string]string{}, latest: map[string]string{}, pushes: map[string]*queued{}}
	for _, k := range stateKinds() {
		l.kinds[k.kind] = k
	}
	return l
}

func (l *stateLoader) line(line []byte) error {
	if l.single(line) {
		return nil
	}
	var entries []stateEntry
	if err := json.Unmarshal(line, &entries); err != nil {
		return err
	}
	l.read += len(entries)
	for _, e := range entries {
		k, ok := l.kinds[e.Kind]
		switch {
		case !ok:
			return fmt.Errorf("there is no kind %q", e.Kind)
		case string(e.Value) == "null":
			if k.drop != nil {
				k.drop(l, e.ID)
			}
		default:
			if err := k.set(l, e.ID, e.Value); err != nil {
				return fmt.Errorf("%s %s: %w", e.Kind, e.ID, err)
			}
		}
	}
	return nil
}

// single reads a line of one entity, as most are, which need not be decoded twice.
func (l *stateLoader) single(line []byte) bool {
	rest, begins := bytes.CutPrefix(line, []byte("["+entryKind))
	rest, ends := bytes.CutSuffix(rest, []byte("}]\n"))
	name, rest, hasKind := bytes.Cut(rest, []byte(entryID+`"`))
	id, value, hasID := bytes.Cut(rest, []byte(`"`+entryValue))
	k, known := l.kinds[kind(name)]
	if !begins || !ends || !hasKind || !hasID || !known || bytes.ContainsAny(id, `"\`) || string(value) == "null" {
		return false
	}
	if k.set(l, string(id), value) != nil {
		return false // more than one, or nothing good
	}
	l.read++
	return true
}

// outdated reports whether more than half of the entities have changed since they
// were written.
func (l *stateLoader) outdated() bool {
	current := 0
	for _, k := range l.kinds {
		current += len(k.ids(l.s))
	}
	return l.read > 2*current
}

// share replaces texts by equal ones that came before: names, labels and the like
// are many.
func (l *stateLoader) share(texts ...*string) {
	for _, text := range texts {
		if known, ok := l.texts[*text]; ok {
			*text = known
		} else {
			l.texts[*text] = *text
		}
	}
}

// finish builds what follows from the entities.
func (l *stateLoader) finish() {
	s := l.s
	l.texts = nil
	for _, in := range s.order {
		for _, t := range in.Tasks {
			s.tasks[t.ID] = t
			s.lastTask = max(s.lastTask, t.ID)
		}
		if n, err := strconv.ParseInt(in.BusinessID[min(len(in.BusinessID), 12):], 10, 64); err == nil {
			s.sequence = max(s.sequence, n)
		}
	}
	for _, in := range s.center.order {
		for _, t := range in.Tasks {
			if s.center.tasks == nil {
				s.center.tasks = map[int64]*centerTask{}
			}
			s.center.tasks[t.ID] = t
			s.center.lastTask = max(s.center.lastTask, t.ID-firstCenterTaskID)
		}
	}
	for id := range s.drive.files {
		n, _ := strconv.ParseInt(id, 10, 64) // its own
		s.drive.lastFile = max(s.drive.lastFile, n)
	}
	s.pushes.sortLoaded()
	l.currentForms()
}

// currentForms brings the forms of options and seeds together with those that
// the API created or changed.
func (l *stateLoader) currentForms() {
	s := l.s
	for code, revision := range l.latest {
		kept := s.revisions[revision]
		given, ok := s.company.forms[code]
		switch {
		case kept.ByAPI:
			s.company.forms[code] = kept
		case ok && sameForm(kept, given):
			s.company.forms[code] = kept
		}
	}
}

// sameForm compares what is kept of forms.
func sameForm(a, b *storedForm) bool {
	return string(encode(a)) == string(encode(b))
}

// keepForms gives the forms that options described their revisions.
func (s *Server) keepForms() {
	for _, f := range s.company.forms {
		if f.revision == "" {
			s.keepForm(f, false)
		}
	}
}

// keepForm gives a form that was created or changed its revision.
func (s *Server) keepForm(f *storedForm, byAPI bool) {
	if s.revisions == nil {
		s.revisions = map[string]*storedForm{}
	}
	for n := 1; ; n++ {
		f.revision = fmt.Sprintf("%s@%d", f.ProcessCode, n)
		if _, taken := s.revisions[f.revision]; !taken {
			break
		}
	}
	f.ByAPI = byAPI
	s.revisions[f.revision] = f
	s.touch(kindForm, f.revision)
}

// formRevisions are all forms that are current, or that an approval was started
// with.
func (s *Server) formRevisions() []string {
	used := map[*storedForm]bool{}
	for _, f := range s.company.forms {
		used[f] = true
	}
	for _, in := range s.order {
		used[in.form] = true
	}
	var ids []string
	for id, f := range s.revisions {
		if used[f] {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { // the newest of a form last
		codeA, numberA := splitRevision(a)
		codeB, numberB := splitRevision(b)
		if codeA != codeB {
			return strings.Compare(codeA, codeB)
		}
		return numberA - numberB
	})
	return ids
}

func splitRevision(id string) (string, int) {
	i := strings.LastIndexByte(id, '@')
	n, _ := strconv.Atoi(id[i+1:]) // made by keepForm
	return id[:max(i, 0)], n
}

// pushes that are kept: the last ones, and those still to be delivered or read.
func (q *pushQueue) kept() []*queued {
	kept := slices.Clone(q.all)
	for _, list := range [][]*queued{q.pending, q.failed} {
		for _, p := range list {
			if !slices.Contains(q.all, p) {
				kept = append(kept, p)
			}
		}
	}
	return kept
}

// sortLoaded puts pushes into the lists of their state.
func (q *pushQueue) sortLoaded() {
	last := func(p *queued) time.Time {
		if n := len(p.Attempts); n > 0 {
			return p.Attempts[n-1].Time
		}
		return p.Time
	}
	for _, p := range q.all {
		if p.state() == pushPending {
			q.pending = append(q.pending, p)
		}
	}
	slices.SortStableFunc(q.failed, func(a, b *queued) int { return last(a).Compare(last(b)) })
}
