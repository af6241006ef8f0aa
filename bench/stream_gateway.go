package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// streamGateway is the other side of stream mode over loopback, built to cost as
// little as it can: messages are made once, and only their numbers are written
// into them.
type streamGateway struct {
	server *http.Server
	base   string // http://host:port
	conns  chan *websocket.Conn
	opened atomic.Int64 // connections
}

func newStreamGateway() (*streamGateway, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g := &streamGateway{base: "http://" + listener.Addr().String(), conns: make(chan *websocket.Conn)}
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func() { _ = g.server.Serve(listener) }()
	return g, nil
}

func (g *streamGateway) close() { _ = g.server.Close() }

// wsBase is where a client without the SDK connects.
func (g *streamGateway) wsBase() string { return "ws" + g.base[len("http"):] + "/connect?ticket=t" }

func (g *streamGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		fmt.Fprintf(w, `{"endpoint":"ws%s/connect","ticket":"t"}`, g.base[len("http"):])
		return
	}
	upgrader := websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	g.opened.Add(1)
	g.conns <- conn
}

const digits = 9

// streamMessage is an event with places for two numbers of nine digits: the
// messageId, which begins again in each measurement, and the end of the
// instance's ID, which is another one each time: no event is a repeat.
type streamMessage struct {
	text        []byte
	id, subject int // where the digits are
	written     int
}

func newStreamMessage(event []byte) *streamMessage {
	const id, subject = "100000000", "200000000"
	data := bytes.Replace(event, []byte("ad253df6-e175-49"), []byte("ad253df-"+subject), 1)
	text := encode(struct {
		SpecVersion string            `json:"specVersion"`
		Type        string            `json:"type"`
		Headers     map[string]string `json:"headers"`
		Data        string            `json:"data"`
	}{"1.0", "EVENT", map[string]string{
		"appId": "bench", "connectionId": "c7e2f4a0-9f0b-11ee", "contentType": "application/json",
		"eventBornTime": "1667991165000", "eventCorpId": "ding9f50b15bccd16741", "eventId": "c5a5b1f2e3d4",
		"eventType": "bpms_task_change", "eventUnifiedAppId": "0c3f1e0a-9f0b", "messageId": id,
		"time": "1667991165123", "topic": "*",
	}, string(data)})
	return &streamMessage{text: text, id: bytes.Index(text, []byte(id)), subject: bytes.Index(text, []byte(subject))}
}

func putDigits(dst []byte, n int) {
	for i := digits - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}

func (m *streamMessage) write(conn *websocket.Conn, n int) error {
	putDigits(m.text[m.id:m.id+digits], n)
	putDigits(m.text[m.subject:m.subject+digits], m.written)
	m.written++
	return conn.WriteMessage(websocket.TextMessage, m.text)
}

// acked reads answers until it finds one that handled an event, and returns its number.
func acked(conn *websocket.Conn, buf *bytes.Buffer) (int, error) {
	_, r, err := conn.NextReader()
	if err != nil {
		return 0, err
	}
	buf.Reset()
	if _, err := buf.ReadFrom(r); err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(buf.Bytes(), []byte(`"messageId":"`))
	if !found || len(rest) < digits || !bytes.Contains(rest, []byte(`SUCCESS`)) {
		return 0, fmt.Errorf("the answer is %s", buf.Bytes())
	}
	return strconv.Atoi(string(rest[:digits]))
}

// latencies are the times from sending an event to its acknowledgement.
type latencies []time.Duration

func (l latencies) at(share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(l))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// closedLoop keeps so many events in flight until n are acknowledged. Each must
// be acknowledged once.
func closedLoop(conn *websocket.Conn, m *streamMessage, n, inFlight int) (latencies, error) {
	began := time.Now()
	sent, took := make([]time.Duration, n), make(latencies, n)
	next := 0
	send := func() error {
		sent[next] = time.Since(began)
		next++
		return m.write(conn, next-1)
	}
	for next < min(n, inFlight) {
		if err := send(); err != nil {
			return nil, err
		}
	}
	var buf bytes.Buffer
	for range n {
		i, err := acked(conn, &buf)
		switch {
		case err != nil:
			return nil, err
		case i >= next || took[i] != 0:
			return nil, errors.New("an event was acknowledged twice, or before it was sent")
		}
		took[i] = max(1, time.Since(began)-sent[i])
		if next < n {
			if err := send(); err != nil {
				return nil, err
			}
		}
	}
	return took, nil
}
