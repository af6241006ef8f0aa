package emulator

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
)

// Records of faults, which change with every hit.

func sameID[T any](id string, of func(T) int64) func(T) bool {
	return func(item T) bool { return strconv.FormatInt(of(item), 10) == id }
}

func (f *activeFault) id() int64 { return f.ID }
func (f *eventFault) id() int64  { return f.ID }

func (s *Server) faultRecord(id string) any {
	if i := slices.IndexFunc(s.faults, sameID(id, (*activeFault).id)); i >= 0 {
		return s.faults[i]
	}
	return nil
}

func (l *stateLoader) fault(id string, data json.RawMessage) error {
	f := &activeFault{}
	if err := json.Unmarshal(data, f); err != nil { //nolint:musttag // faults are kept under the names of their fields
		return err
	}
	replaceOrAppend(&l.s.faults, sameID(id, (*activeFault).id), f)
	return nil
}

func (l *stateLoader) dropFault(id string) {
	l.s.faults = slices.DeleteFunc(l.s.faults, sameID(id, (*activeFault).id))
}

type eventFaultRecord struct {
	*eventFault
	Chance []byte `json:"chance"` // how far it has come
}

func (s *Server) eventFaultRecord(id string) any {
	i := slices.IndexFunc(s.eventFaults, sameID(id, (*eventFault).id))
	if i < 0 {
		return nil
	}
	f := s.eventFaults[i]
	chance, _ := f.chance.MarshalBinary() // never fails
	return eventFaultRecord{f, chance}
}

func (l *stateLoader) eventFault(id string, data json.RawMessage) error {
	r := eventFaultRecord{eventFault: &eventFault{chance: &rand.PCG{}}}
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	if err := r.chance.UnmarshalBinary(r.Chance); err != nil {
		return err
	}
	replaceOrAppend(&l.s.eventFaults, sameID(id, (*eventFault).id), r.eventFault)
	return nil
}

func (l *stateLoader) dropEventFault(id string) {
	l.s.eventFaults = slices.DeleteFunc(l.s.eventFaults, sameID(id, (*eventFault).id))
}

func replaceOrAppend[T any](list *[]T, same func(T) bool, item T) {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = item
		return
	}
	*list = append(*list, item)
}
