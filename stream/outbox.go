package stream

import (
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
)

// answer is an acknowledgement on its way.
type answer struct {
	text *[]byte
	// conn is where what it answers came from.
	conn *connection
	// event is the event that it answers, nil for a message that led to no event.
	event *EventResult
}

//nolint:gochecknoglobals // a pool has no state that a caller could see
var answerTexts = sync.Pool{New: func() any { return new([]byte) }}

// outbox holds the answers that wait for the WebSocket. Whoever puts one in
// while nobody writes is to write, its own and those that others put in
// meanwhile: nobody queues up, and no goroutine has to be woken.
type outbox struct {
	size    atomic.Int64 // bytes of what is not written
	mu      sync.Mutex
	answers []answer
	writing bool
}

// maxUnwritten is how much may wait for a peer that asks much and reads nothing.
const maxUnwritten = 8 << 20

// put reports whether the caller is to write.
func (o *outbox) put(a answer) (write bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers = append(o.answers, a)
	o.size.Add(int64(len(*a.text)))
	write, o.writing = !o.writing, true
	return write
}

// take returns what is there, and keeps the memory of what was taken before.
// With nothing the caller no longer is to write.
func (o *outbox) take(before []answer) []answer {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.answers
	o.writing = len(taken) > 0
	clear(before)
	o.answers = before[:0]
	return taken
}

// answer acknowledges a message that led to no event. Another goroutine writes:
// the reader is to read.
func (c *connection) answer(code int, messageID, data string) {
	if messageID == "" {
		return // there is nothing to refer to
	}
	c.begin() // nobody leaves before it is written
	c.bound(len(data))
	if c.out.put(answer{text: ackText(code, messageID, data), conn: c}) {
		c.consumer.goroutines.Go(c.write)
	}
}

// answerEvent acknowledges an event.
func (c *connection) answerEvent(code int, messageID, data string, result EventResult) {
	a := answer{event: &result, conn: c}
	if messageID == "" {
		c.consumer.sent(a, nil)
		return
	}
	a.text = ackText(code, messageID, data)
	c.post(a)
}

func ackText(code int, messageID, data string) *[]byte {
	text := answerTexts.Get().(*[]byte) //nolint:forcetypeassert,errcheck // the pool holds nothing else
	*text = appendAck((*text)[:0], code, messageID, data)
	return text
}

// write writes answers until there are none.
func (c *connection) write() {
	var answers []answer
	for {
		if answers = c.out.take(answers); len(answers) == 0 {
			return
		}
		for _, a := range answers {
			err := c.writeOne(*a.text)
			c.out.size.Add(-int64(len(*a.text)))
			if newest := c.consumer.current.Load(); err != nil && newest != nil && newest != c {
				// The vendor's client, too, acknowledges on the connection that came after.
				newest.post(a)
				continue
			}
			c.consumer.sent(a, err)
		}
	}
}

// bound cuts a connection whose answers wait for too long: it is not read from.
func (c *connection) bound(more int) {
	if c.out.size.Load()+int64(more) > maxUnwritten {
		c.cut()
	}
}

// post has an answer written, by the caller unless somebody writes already.
func (c *connection) post(a answer) {
	if c.out.put(a) {
		c.write()
	}
}

// writeOne sends one message; a connection that does not take it in time is cut.
func (c *connection) writeOne(message []byte) error {
	// A context with a deadline would cost eleven allocations for each message.
	c.stalled.Reset(writeTimeout)
	defer c.stalled.Stop()
	return c.ws.Write(c.ctx, websocket.MessageText, message)
}

// sent notes how acknowledging ended.
func (c *Consumer) sent(a answer, err error) {
	if a.text != nil && cap(*a.text) <= maxPooledMessage {
		answerTexts.Put(a.text)
	}
	if err != nil {
		c.counts.lostAcks.Add(1)
	}
	a.conn.done()
	if a.event != nil {
		a.event.AckErr = err
		c.tellEvent(*a.event)
	}
}
