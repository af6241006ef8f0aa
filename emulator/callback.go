package emulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/internal/envelope"
)

// What a [Callback] uses for the fields that are left empty, besides the app's
// AppKey as owner key. They protect nothing.
const (
	DefaultCallbackToken  = "emulatorToken"
	DefaultEncodingAESKey = "emulatoremulatoremulatoremulatoremulatorxyz"
)

// maxAnswer is how much of an answer to a push is read, and kept.
const maxAnswer = 64 << 10

// Callback is where events are pushed to (HTTP 推送), and how they are sealed.
type Callback struct {
	// Handler gets the pushes in memory. Without it they are POSTed to URL.
	Handler http.Handler
	// URL is where pushes go; with a Handler it is only what the requests say.
	URL string
	// Token signs: 3 to 63 characters, DefaultCallbackToken when empty.
	Token string
	// EncodingAESKey encrypts: 43 characters, DefaultEncodingAESKey when empty.
	EncodingAESKey string
	// OwnerKey says whom a push is for: the AppKey when empty. A callback that is
	// registered through the API gets the CorpID, as with the service.
	OwnerKey string
	// Events are the event types that are pushed; empty is all.
	Events []string
}

// callback is a Callback that was checked.
type callback struct {
	Callback
	cipher    *envelope.Cipher
	transport http.RoundTripper
}

func (cb *callback) wants(eventType string) bool {
	return len(cb.Events) == 0 || slices.Contains(cb.Events, eventType)
}

// SetCallback pushes from now on to cb, without the check_url push that the
// service makes when a callback is saved. A Callback with neither Handler nor
// URL ends the pushing. Pushes that wait for a retry go to the callback of that
// time. Pushes carry the emulator's time: a dingoa.Callback that checks it needs
// dingoa.WithCallbackClock(server.Now) once the clock was moved, unless
// [WithPushClock] gives them another.
func (s *Server) SetCallback(cb Callback) error {
	var next *callback
	if cb.Handler != nil || cb.URL != "" {
		var err error
		if next, err = s.newCallback(cb); err != nil {
			return fmt.Errorf("emulator: callback: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = next
	s.touchCallback()
	return nil
}

// Callback returns where events are pushed to, with its secrets, and whether there
// is such a place.
func (s *Server) Callback() (cb Callback, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.callback == nil {
		return Callback{}, false
	}
	cb = s.callback.Callback
	cb.Events = slices.Clone(cb.Events)
	return cb, true
}

var tokenPattern = regexp.MustCompile(`^[0-9A-Za-z]{3,63}$`)

func (s *Server) newCallback(cb Callback) (*callback, error) {
	next, err := checkCallback(cb, s.company.app.AppKey)
	if err != nil {
		return nil, err
	}
	next.transport = s.pushes.transport
	if cb.Handler != nil {
		next.transport = &memoryTransport{server: s, handler: cb.Handler}
	}
	return next, nil
}

// checkCallback fills in what is left empty.
func checkCallback(cb Callback, appKey string) (*callback, error) {
	if cb.Token == "" {
		cb.Token = DefaultCallbackToken
	}
	if cb.EncodingAESKey == "" {
		cb.EncodingAESKey = DefaultEncodingAESKey
	}
	if cb.OwnerKey == "" {
		cb.OwnerKey = appKey
	}
	if cb.URL == "" {
		cb.URL = "http://callback.emulator/"
	}
	if !tokenPattern.MatchString(cb.Token) {
		return nil, errors.New("the Token must be 3 to 63 letters and digits")
	}
	cipher, err := envelope.NewCipher(cb.EncodingAESKey)
	if err != nil {
		return nil, fmt.Errorf("the EncodingAESKey %w", err)
	}
	if !isWebAddress(cb.URL) {
		return nil, errors.New("the URL must be like http://host/path")
	}
	cb.Events = slices.Clone(cb.Events)
	return &callback{Callback: cb, cipher: cipher}, nil
}

func isWebAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// attempt pushes one event and reads the answer. Nothing is locked meanwhile:
// the handler may call the API.
func (s *Server) attempt(ctx context.Context, cb *callback, event []byte, fault *eventFault) (a Attempt) {
	a.Time, a.Problem = s.Now(), fault.problem()
	if a.Problem != "" {
		return a
	}
	began := time.Now()
	defer func() { a.Duration = time.Since(began) }()
	if cb == nil {
		a.Problem = "there is no callback any more"
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, ackDeadline)
	defer cancel()
	req, err := cb.request(ctx, event, strconv.FormatInt(s.pushTime().UnixMilli(), 10), fault)
	if err != nil {
		a.Problem = err.Error()
		return a
	}
	a.URL = req.URL.String()
	a.RequestBody = readAll(req)
	resp, err := cb.transport.RoundTrip(req)
	if err != nil {
		a.Problem = err.Error()
		if ctx.Err() != nil {
			a.Problem = fmt.Sprintf("no reply within %v", ackDeadline)
		}
		return a
	}
	defer func() { _ = resp.Body.Close() }()
	a.Status = resp.StatusCode
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	a.ResponseBody = string(body)
	if resp.StatusCode != http.StatusOK {
		a.Problem = fmt.Sprintf("the callback answered HTTP %d, not 200", resp.StatusCode)
		return a
	}
	if err == nil {
		err = cb.checkReply(body)
	}
	if err != nil {
		a.Problem = err.Error()
	}
	return a
}

// readAll copies the body of a request that was made here.
func readAll(req *http.Request) string {
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	data, _ := io.ReadAll(body) // from memory
	return string(data)
}

// request builds a signed and encrypted push.
func (cb *callback) request(ctx context.Context, event []byte, timestamp string, fault *eventFault) (*http.Request, error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	nonce := newEventID()[:16]
	encrypt := cb.cipher.Seal(random, event, []byte(cb.OwnerKey))
	signature, _ := envelope.Sign(nil, cb.Token, timestamp, nonce, []byte(encrypt))

	u, err := url.Parse(cb.URL)
	if err != nil {
		return nil, errors.New("the callback's URL is malformed")
	}
	query := u.Query()
	query.Set("signature", string(signature[:]))
	query.Set("msg_signature", string(signature[:]))
	query.Set("timestamp", timestamp)
	query.Set("nonce", nonce)
	u.RawQuery = query.Encode()
	body := encode(map[string]string{"encrypt": encrypt})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body)) //nolint:gosec // whoever starts the emulator chooses the address
	if err != nil {
		return nil, errors.New("the callback's URL is malformed")
	}
	req.Header.Set("Content-Type", "application/json")
	fault.damage(req, body)
	return req, nil
}

// checkReply wants what the service wants: the word success, encrypted and
// signed.
func (cb *callback) checkReply(body []byte) error {
	var in struct {
		Signature string          `json:"msg_signature"`
		Timestamp json.RawMessage `json:"timeStamp"` // text or number
		Nonce     string          `json:"nonce"`
		Encrypt   string          `json:"encrypt"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return errors.New("the reply is not JSON; want msg_signature, timeStamp, nonce and encrypt")
	}
	timestamp := string(in.Timestamp)
	if text, err := strconv.Unquote(timestamp); err == nil {
		timestamp = text
	}
	signature, _ := envelope.Sign(nil, cb.Token, timestamp, in.Nonce, []byte(in.Encrypt))
	if !signature.Matches(in.Signature) {
		return errors.New("the reply's signature is wrong")
	}
	message, owner, err := cb.cipher.Open(nil, []byte(in.Encrypt))
	switch {
	case err != nil:
		return fmt.Errorf("the reply cannot be decrypted: %w", err)
	case string(owner) != cb.OwnerKey:
		return errors.New("the reply has another owner key")
	case string(message) != "success":
		return errors.New(`the reply is not "success"`)
	}
	return nil
}

// NewRequest builds a signed and encrypted push of your own, such as a test of
// a handler needs: event is JSON, []byte or anything that encodes to JSON. The
// fields that are empty get their defaults, the owner key that of the default app.
func (cb Callback) NewRequest(ctx context.Context, event any) (*http.Request, error) {
	checked, err := checkCallback(cb, company.DefaultAppKey)
	if err != nil {
		return nil, fmt.Errorf("emulator: callback: %w", err)
	}
	data, ok := event.([]byte)
	if !ok {
		if data, err = json.Marshal(event); err != nil {
			return nil, fmt.Errorf("emulator: event: %w", err)
		}
	}
	return checked.request(ctx, data, strconv.FormatInt(time.Now().UnixMilli(), 10), &eventFault{})
}
