package dingoa

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/envelope"
	"github.com/dingoa/dingoa/internal/wire"
)

// What may be wrong with a push, besides [event.ErrMalformed].
var (
	// ErrSignature: the push was not signed with the token. Either it is not from DingTalk or the token is wrong.
	ErrSignature = errors.New("callback signature does not match")
	// ErrTimestamp: the push is older or newer than [WithTimestampWindow] allows, or carries no readable timestamp.
	ErrTimestamp = errors.New("callback timestamp outside the window")
	// ErrDecrypt: the push was signed with the token, yet does not decrypt with the aes key.
	ErrDecrypt = errors.New("callback does not decrypt")
	// ErrOwner: the push is for somebody else than the owner keys name.
	ErrOwner = errors.New("callback is for another owner key")
	// ErrBodyTooLarge: the body is over [WithMaxBody].
	ErrBodyTooLarge = errors.New("callback body too large")
)

// The form values of an approval are left out of its event above 64 KB (page
// approval-events-3), and base64 adds a third.
const (
	defaultMaxBody     = 128 << 10
	defaultBodyTimeout = 5 * time.Second
)

// Callback checks, decrypts and answers the pushes that DingTalk sends to a
// callback URL (HTTP 推送). It never changes and is safe for concurrent use;
// formatting it shows no secret.
//
// See https://open.dingtalk.com/document/development/configure-stream-push
type Callback struct {
	// config is a function because no verb of fmt looks into one, whereas some
	// print what an unexported pointer points to.
	config func() *callbackConfig
}

type callbackConfig struct {
	token     string
	cipher    *envelope.Cipher
	ownerKeys [][]byte
	window    time.Duration
	maxBody   int64
	timeout   time.Duration // for a body to come in
	receiving atomic.Int64  // bytes of bodies beyond their beginnings
	now       func() time.Time
	logger    *slog.Logger // nil: panics and unreadable pushes are logged by slog.Default
	buffers   sync.Pool    // of *[]byte, working memory for signature and decryption
}

// NewCallback takes the token and the aes key (数据加密密钥, EncodingAESKey, 43
// characters) of the event subscription, and the owner keys that its pushes may
// be encrypted for:
//
//   - the app's Client ID (AppKey) when it was subscribed in the developer console
//   - the company's corpId when it was subscribed by register_call_back
//   - the customKey of a customised app, the suiteKey of a third-party app
//
// List several when unsure, or when several subscriptions share token and aes
// key; each push is answered with the owner key that it came with. DingTalk may
// check the URL of a new suite with a fixed key of its own: if that first check
// fails with [ErrOwner], list that key too.
//
// The error says which argument is wrong without showing it.
func NewCallback(token, encodingAESKey string, ownerKeys []string, opts ...CallbackOption) (*Callback, error) {
	c := &callbackConfig{
		token:   token,
		maxBody: defaultMaxBody,
		timeout: defaultBodyTimeout,
		now:     time.Now,
	}
	var errs []error
	if token == "" || strings.TrimSpace(token) != token {
		errs = append(errs, errors.New("the token is empty or has spaces around it (开发者后台 → 事件订阅 → 签名 token)"))
	}
	var err error
	if c.cipher, err = envelope.NewCipher(encodingAESKey); err != nil {
		errs = append(errs, fmt.Errorf("the aes key %w (开发者后台 → 事件订阅 → 加密 aes_key)", err))
	}
	if len(ownerKeys) == 0 {
		errs = append(errs, errors.New("no owner key is given: the app's Client ID (AppKey), corpId or suiteKey"))
	}
	for i, key := range ownerKeys {
		if key == "" || strings.TrimSpace(key) != key {
			errs = append(errs, fmt.Errorf("owner key %d is empty or has spaces around it", i))
		}
		c.ownerKeys = append(c.ownerKeys, []byte(key))
	}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(c); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("dingoa: callback: %w", errors.Join(errs...))
	}
	return &Callback{func() *callbackConfig { return c }}, nil
}

// String shows no secret.
func (cb *Callback) String() string { return "dingoa.Callback" }

// GoString shows no secret.
func (cb *Callback) GoString() string { return "dingoa.Callback" }

// Verify checks timestamp and signature of a push. encrypt is the text of that
// name in the body; the others are the query parameters as they arrived. The
// error is [ErrTimestamp] or [ErrSignature].
func (cb *Callback) Verify(signature, timestamp, nonce, encrypt string) error {
	c := cb.config()
	if err := c.checkTimestamp(timestamp); err != nil {
		return err
	}
	_, err := c.checkSignature(nil, signature, timestamp, nonce, []byte(encrypt))
	return err
}

// Decrypt opens the text encrypt and returns the message in it, which is not
// checked to be JSON. The error is [ErrDecrypt] or [ErrOwner]. Call Verify
// first: decryption alone does not prove that DingTalk sent it.
func (cb *Callback) Decrypt(encrypt string) ([]byte, error) {
	message, _, err := cb.config().decrypt(nil, []byte(encrypt))
	return message, err
}

// CallbackReply is the answer to a push, and the form of a push itself: there
// Encrypt is the body and the rest the query.
type CallbackReply struct {
	MsgSignature string `json:"msg_signature"`
	// TimeStamp is in milliseconds since 1970.
	TimeStamp string `json:"timeStamp"`
	Nonce     string `json:"nonce"`
	// Encrypt is base64.
	Encrypt string `json:"encrypt"`
}

// Encrypt encrypts a message for the first owner key and signs it, as DingTalk
// does: tests can push with it. Answer a push with [Push.Acknowledge].
func (cb *Callback) Encrypt(message []byte) (CallbackReply, error) {
	c := cb.config()
	return c.encrypt(message, c.ownerKeys[0])
}

// Push is a push that [Callback.Parse] has read.
type Push struct {
	// Event is its event.
	Event *event.Event

	problem error                                       // why a genuine push could not be read
	encrypt func(message []byte) (CallbackReply, error) // for the owner key that it came with
}

// Acknowledge returns the answer that makes DingTalk consider the event delivered:
// "success", encrypted for the owner key that the push came with. Send it as
// application/json with status 200. Any other answer makes DingTalk deliver the
// event again after 10 and 30 seconds.
func (p *Push) Acknowledge() (CallbackReply, error) {
	if p.encrypt == nil {
		return CallbackReply{}, errors.New("dingoa: Push.Acknowledge: the push is not from Callback.Parse")
	}
	return p.encrypt([]byte("success"))
}

// Parse checks, decrypts and reads a push. The checks run in this order: size,
// timestamp, signature, decryption, padding and length, owner key. The error is
// [ErrBodyTooLarge], [ErrTimestamp], [ErrSignature], [ErrDecrypt], [ErrOwner], or
// [event.ErrMalformed] for a body that holds nothing encrypted; it holds no key, no
// signature and nothing of the content.
//
// What DingTalk signed and yet is not of the form of an event is one with
// [event.UnknownEvent], and with all that came in [event.Event.Raw], as JSON text when it is
// not JSON. That is logged, see [WithCallbackLogger]. Handle it as any other: it
// would come again, and be no better. A [event.Dispatcher] that has no handler for it
// refuses it with ErrMalformed; acknowledge it then, too.
//
// [Callback.Handler] does all there is to do; Parse is for frameworks without
// [http.Handler]. Give it the query and the body as they arrived, and answer
// with [Push.Acknowledge].
func (cb *Callback) Parse(query url.Values, body []byte) (*Push, error) {
	push, err := cb.config().parse(query, body)
	if err == nil && push.problem != nil {
		cb.config().logUnreadable(context.Background(), push.Event, push.problem)
	}
	return push, err
}

func (c *callbackConfig) parse(query url.Values, body []byte) (*Push, error) {
	if int64(len(body)) > c.maxBody {
		return nil, c.tooLarge()
	}
	timestamp := firstOf(query, "timestamp", "timeStamp")
	if err := c.checkTimestamp(timestamp); err != nil {
		return nil, err
	}
	encrypt, err := envelope.Unwrap(body)
	if err != nil {
		return nil, fmt.Errorf("dingoa: %w: %w", event.ErrMalformed, err)
	}

	buf, ok := c.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	defer c.buffers.Put(buf)
	signature := firstOf(query, "signature", "msg_signature")
	*buf, err = c.checkSignature(*buf, signature, timestamp, query.Get("nonce"), encrypt)
	if err != nil {
		return nil, err
	}
	message, owner, err := c.decrypt(*buf, encrypt)
	if err != nil {
		return nil, err
	}
	e, problem := event.ParsePush(message)
	return &Push{e, problem, func(message []byte) (CallbackReply, error) { return c.encrypt(message, c.ownerKeys[owner]) }}, nil
}

func firstOf(query url.Values, names ...string) string {
	for _, name := range names {
		if v := query.Get(name); v != "" {
			return v
		}
	}
	return ""
}

func (c *callbackConfig) tooLarge() error {
	return fmt.Errorf("dingoa: %w: %d bytes are allowed, see WithMaxBody", ErrBodyTooLarge, c.maxBody)
}

func (c *callbackConfig) checkTimestamp(timestamp string) error {
	if c.window == 0 {
		return nil
	}
	sent, err := wire.ParseUnix(timestamp)
	if err != nil {
		return fmt.Errorf("dingoa: %w: the query has no timestamp in seconds or milliseconds", ErrTimestamp)
	}
	if age := c.now().Sub(sent); age.Abs() > c.window {
		return fmt.Errorf("dingoa: %w: this machine's clock is %s the push's, %v is allowed; "+
			"either it is an old push, sent once more, or the clock is wrong: set that clock right (NTP), or widen WithTimestampWindow",
			ErrTimestamp, aheadOrBehind(age), c.window)
	}
	return nil
}

// checkSignature works in buf and returns it, grown if need be.
func (c *callbackConfig) checkSignature(buf []byte, signature, timestamp, nonce string, encrypt []byte) ([]byte, error) {
	if signature == "" {
		return buf, fmt.Errorf("dingoa: %w: the query has no signature", ErrSignature)
	}
	want, buf := envelope.Sign(buf, c.token, timestamp, nonce, encrypt)
	if !want.Matches(signature) {
		return buf, fmt.Errorf("dingoa: %w: check that the token is that of the event subscription (签名 token) "+
			"and that no proxy changes the query or the body", ErrSignature)
	}
	return buf, nil
}

// decrypt works in buf, where the message lies when buf is large enough, and
// returns the index of the owner key.
func (c *callbackConfig) decrypt(buf, encrypt []byte) (message []byte, owner int, err error) {
	message, ownerKey, err := c.cipher.Open(buf, encrypt)
	if err != nil {
		return nil, 0, fmt.Errorf("dingoa: %w: %w; check that the aes key is that of the event subscription (加密 aes_key)", ErrDecrypt, err)
	}
	owner = -1
	for i, key := range c.ownerKeys {
		if subtle.ConstantTimeCompare(key, ownerKey) == 1 {
			owner = i
		}
	}
	if owner < 0 {
		return nil, 0, fmt.Errorf("dingoa: %w: %d given; it is the app's Client ID (AppKey) when subscribed in the developer console, "+
			"the corpId when subscribed by register_call_back, the suiteKey for third-party apps, the customKey for customised ones",
			ErrOwner, len(c.ownerKeys))
	}
	return message, owner, nil
}

func (c *callbackConfig) encrypt(message, ownerKey []byte) (CallbackReply, error) {
	if len(message) > math.MaxInt32 {
		return CallbackReply{}, fmt.Errorf("dingoa: a message of %d bytes is too long for a callback", len(message))
	}
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return CallbackReply{}, fmt.Errorf("dingoa: no randomness for a callback: %w", err)
	}
	reply := CallbackReply{
		TimeStamp: strconv.FormatInt(c.now().UnixMilli(), 10),
		Nonce:     rand.Text()[:16],
		Encrypt:   c.cipher.Seal(random, message, ownerKey),
	}
	signature, _ := envelope.Sign(nil, c.token, reply.TimeStamp, reply.Nonce, []byte(reply.Encrypt))
	reply.MsgSignature = string(signature[:])
	return reply, nil
}

// Handler serves the callback URL: it checks each push as [Callback.Parse]
// does, gives the event to h, a [event.Dispatcher] or an [event.Inbox], and answers the
// encrypted "success" once that has returned. URL checks and events that nobody
// handles are answered so too. So are pushes that could not be read, also when h
// refuses them with [event.ErrMalformed].
//
// A refused push is answered with 400, 401, 408 or 413 and a few words that help
// no attacker; [WithCallbackLogger] logs the cause. When a handler fails or
// panics the answer is 500, and DingTalk delivers again after 10 and 30
// seconds, then puts the event on the list of failed pushes.
//
// A body has [WithBodyTimeout] to come in and at most [WithMaxBody] bytes. All
// that come in at the same time share 32 MiB beyond their first 4 KiB each; what
// exceeds that is answered with 503. Give the [http.Server] its time-outs as well:
// ReadHeaderTimeout, ReadTimeout, WriteTimeout and IdleTimeout.
//
// DingTalk waits about 1.5 seconds for the answer, then hangs up, which cancels
// the handlers' context, and delivers again. The time that a push waits for the
// one before it of the same approval counts, too. Longer work belongs behind an
// [event.Inbox], and a backfill.FailedPushPuller fetches what DingTalk gave up on.
//
// Handler panics when h is nil, as [http.Handle] does.
func (cb *Callback) Handler(h event.Handler) http.Handler {
	if h == nil {
		panic("dingoa: Callback.Handler: the event handler is nil")
	}
	c := cb.config()
	h = event.Recovering(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unlimited := c.limitReading(w, r)
		if r.Method != http.MethodPost {
			w.Header().Set("Connection", "close")
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		push, err := c.receive(w, r)
		if err != nil {
			w.Header().Set("Connection", "close")
			c.log(r.Context(), slog.LevelWarn, "dingoa: push refused", slog.Any("error", err), slog.String("remote", r.RemoteAddr))
			status := refusalStatus(err)
			http.Error(w, strings.ToLower(http.StatusText(status)), status)
			return
		}
		unlimited()
		if push.problem != nil {
			c.logUnreadable(r.Context(), push.Event, push.problem)
		}
		err = event.ErrHandlerExited
		defer func() { c.reply(w, r, push, err) }() // even when the handler ends this goroutine
		err = h.Dispatch(r.Context(), push.Event)
		if push.problem != nil && errors.Is(err, event.ErrMalformed) {
			err = nil // as logged; it will be no better the next time
		}
	})
}

// reply answers with what became of the event.
func (c *callbackConfig) reply(w http.ResponseWriter, r *http.Request, push *Push, handled error) {
	if handled != nil {
		c.logEventError(r.Context(), "dingoa: event not handled, DingTalk will deliver it again", push.Event, handled)
		http.Error(w, "event not handled", http.StatusInternalServerError)
		if errors.Is(handled, event.ErrHandlerExited) {
			_ = http.NewResponseController(w).Flush() // nobody else will: the goroutine ends
		}
		return
	}
	if err := push.answer(w); err != nil {
		c.logEventError(r.Context(), "dingoa: event handled, but DingTalk was not told and will deliver it again", push.Event, err)
	}
}

func (p *Push) answer(w http.ResponseWriter) error {
	reply, err := p.Acknowledge()
	if err != nil {
		http.Error(w, "no reply", http.StatusInternalServerError)
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(reply)
}

func refusalStatus(err error) int {
	switch {
	case errors.Is(err, ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	case errors.Is(err, errReceivingTooMuch):
		return http.StatusServiceUnavailable
	case errors.Is(err, ErrSignature), errors.Is(err, ErrTimestamp):
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

func (c *callbackConfig) logUnreadable(ctx context.Context, e *event.Event, problem error) {
	c.orDefault().LogAttrs(ctx, slog.LevelError, "dingoa: push could not be read, it is handed over as an UnknownEvent", eventAttrs(e, problem)...)
}

func (c *callbackConfig) logEventError(ctx context.Context, message string, e *event.Event, err error) {
	attrs := eventAttrs(e, err)
	var panicErr *event.PanicError
	if errors.As(err, &panicErr) {
		attrs = append(attrs, slog.String("stack", string(panicErr.Stack)))
		c.orDefault().LogAttrs(ctx, slog.LevelError, message, attrs...)
		return
	}
	c.log(ctx, slog.LevelError, message, attrs...)
}

func eventAttrs(e *event.Event, err error) []slog.Attr {
	return []slog.Attr{
		slog.Any("error", err),
		slog.String("event_id", e.ID),
		slog.String("event_type", e.Type),
		slog.String("corp_id", e.CorpID),
	}
}

func (c *callbackConfig) orDefault() *slog.Logger {
	if c.logger == nil {
		return slog.Default()
	}
	return c.logger
}

func (c *callbackConfig) log(ctx context.Context, level slog.Level, message string, attrs ...slog.Attr) {
	if c.logger != nil {
		c.logger.LogAttrs(ctx, level, message, attrs...)
	}
}
