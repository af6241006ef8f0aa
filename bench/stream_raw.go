package bench

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gorilla/websocket"
)

// The floor of stream mode is what one writes at first with the usual library:
// one reader, eight workers that decode to structs and acknowledge under a lock.
// It answers no ping, keeps no order, bounds nothing and never reconnects.

const rawWorkers = 8

type rawFrame struct {
	Type    string            `json:"type"`
	Headers map[string]string `json:"headers"`
	Data    string            `json:"data"`
}

type rawAck struct {
	Code    int               `json:"code"`
	Headers map[string]string `json:"headers"`
	Message string            `json:"message"`
	Data    string            `json:"data"`
}

func streamRaw(*streamGateway) (*session, error) {
	g, err := newStreamGateway()
	if err != nil {
		return nil, err
	}
	dialed := make(chan error, 1)
	var client *websocket.Conn
	go func() {
		conn, resp, err := websocket.DefaultDialer.DialContext(context.Background(), g.wsBase(), nil)
		if err == nil {
			resp.Body.Close()
			client = conn
		}
		dialed <- err
	}()
	conn := <-g.conns
	if err := <-dialed; err != nil {
		return nil, err
	}
	messages := make(chan []byte, 256)
	var writing sync.Mutex
	var workers sync.WaitGroup
	for range rawWorkers {
		workers.Go(func() {
			for message := range messages {
				ack, err := rawHandle(message)
				if err != nil {
					continue
				}
				writing.Lock()
				err = client.WriteMessage(websocket.TextMessage, ack)
				writing.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	go func() {
		defer close(messages)
		for {
			_, message, err := client.ReadMessage()
			if err != nil {
				return
			}
			messages <- message
		}
	}()
	return &session{conn, func() {
		_, _ = client.Close(), conn.Close()
		workers.Wait()
		g.close()
	}}, nil
}

// rawHandle decodes an event and encodes its acknowledgement.
func rawHandle(message []byte) ([]byte, error) {
	var frame rawFrame
	if err := json.Unmarshal(message, &frame); err != nil {
		return nil, err
	}
	var event rawEvent
	if err := json.Unmarshal([]byte(frame.Data), &event); err != nil {
		return nil, err
	}
	return json.Marshal(rawAck{
		Code:    200,
		Headers: map[string]string{"messageId": frame.Headers["messageId"], "contentType": "application/json"},
		Message: "ok", Data: `{"status":"SUCCESS","message":"success"}`,
	})
}
