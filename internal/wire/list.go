package wire

import (
	"bytes"
	"errors"
	"reflect"
)

// commas decodes a list that is written as text.
func (d *decoder) commas(p *plan, v reflect.Value, content []byte) (bool, error) {
	if err := d.spend(p, 1+bytes.Count(content, []byte(","))); err != nil {
		return false, err
	}
	items := bytes.Split(content, []byte(","))
	list := reflect.MakeSlice(p.typ, len(items), len(items))
	n := 0
	for _, item := range items {
		if item = bytes.TrimSpace(item); len(item) == 0 {
			continue
		}
		if !d.fromText(p.elem, list.Index(n), item) {
			d.refuse(p, '"')
			return false, nil
		}
		n++
	}
	v.Set(list.Slice(0, n))
	return true, nil
}

// single decodes one item in place of a list.
func (d *decoder) single(p *plan, v reflect.Value) (bool, error) {
	list := reflect.MakeSlice(p.typ, 1, 1)
	at := d.noted()
	c := d.next()
	ok, err := d.value(p.elem, list.Index(0))
	if err != nil {
		return false, err
	}
	if !ok {
		d.forget(at)
		d.refuse(p, c)
		return false, nil
	}
	v.Set(list)
	return true, nil
}

// list decodes into memory that is kept for the type, so that the list itself
// has the exact size.
func (d *decoder) list(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	d.beside = reflect.Value{}
	if d.next() == ']' {
		d.pos++
		d.depth--
		v.Set(p.empty)
		return nil
	}
	items := d.borrow(p)
	n := 0
	d.path = append(d.path, step{index: 0})
	at := len(d.path) - 1
	for first := true; ; first = false {
		more, err := d.more(first, ']')
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := d.spend(p, 1); err != nil {
			return err
		}
		if n == items.Len() {
			bigger := reflect.MakeSlice(p.typ, 2*n, 2*n)
			reflect.Copy(bigger, items)
			items = bigger
		}
		item := items.Index(n)
		ok, err := d.value(p.elem, item)
		if err != nil {
			return err
		}
		if ok {
			n++
		} else {
			item.SetZero()
		}
		d.path[at].index++
	}
	d.path = d.path[:at]
	v.SetZero()
	v.Grow(n)
	v.SetLen(n)
	reflect.Copy(v, items)
	items.Slice(0, n).Clear()
	const most = 1000 // keeps a rare long list from staying in memory
	if items.Len() <= most {
		d.lists[p] = append(d.lists[p], items)
	}
	return nil
}

// spend counts the memory of n items of a list. An item may be two bytes of JSON
// and yet hundreds in memory.
func (d *decoder) spend(p *plan, n int) error {
	const enough, times = 64 << 20, 8
	d.spent += n * int(p.typ.Elem().Size())
	if d.spent > max(enough, times*len(d.data)) {
		return errItems
	}
	return nil
}

var errItems = errors.New("its lists have more items than memory is given to")

// borrow is memory for a list, all zero. A list within a list of the same type
// has another one.
func (d *decoder) borrow(p *plan) reflect.Value {
	free := d.lists[p]
	if len(free) == 0 {
		const usual = 8
		return reflect.MakeSlice(p.typ, usual, usual)
	}
	items := free[len(free)-1]
	free[len(free)-1] = reflect.Value{}
	d.lists[p] = free[:len(free)-1]
	return items
}
