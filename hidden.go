package dingoa

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/dingoa/dingoa/internal/mask"
)

// Types that hold a secret write it neither by fmt nor by log/slog nor as JSON,
// since a JSON log handler marshals what stands inside of other values. Storing
// one is a deliberate act: EncodeToken, EncodeTicket.

// EncodeToken writes a token for a [TokenStore], its value and all. json.Marshal
// hides the value.
func EncodeToken(token Token) ([]byte, error) { return json.Marshal(storedToken(token)) }

// DecodeToken reads what [EncodeToken] wrote. The zero Token stands for no data.
func DecodeToken(data []byte) (Token, error) {
	var token Token
	return token, decodeStored(data, &token)
}

// EncodeTicket writes a suite ticket for a [TicketStore], its value and all.
// json.Marshal hides the value.
func EncodeTicket(ticket Ticket) ([]byte, error) { return json.Marshal(storedTicket(ticket)) }

// DecodeTicket reads what [EncodeTicket] wrote. The zero Ticket stands for no data.
func DecodeTicket(data []byte) (Ticket, error) {
	var ticket Ticket
	return ticket, decodeStored(data, &ticket)
}

func decodeStored(data []byte, into any) error {
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil { // which may repeat what it read
		return errors.New("dingoa: what the store has is no token or ticket")
	}
	return nil
}

type (
	storedToken  Token
	storedTicket Ticket
)

// MarshalJSON hides the value; see [EncodeToken].
func (t Token) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedToken{Value: mask.Secret(t.Value), ExpiresAt: t.ExpiresAt})
}

// UnmarshalJSON reads a token, but not one whose value was hidden.
func (t *Token) UnmarshalJSON(data []byte) error {
	var stored storedToken
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	if stored.Value == mask.Hidden {
		return errors.New("dingoa: the value was hidden when it was written: use EncodeToken")
	}
	*t = Token(stored)
	return nil
}

// MarshalJSON hides the value; see [EncodeTicket].
func (t Ticket) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedTicket{Value: mask.Secret(t.Value), IssuedAt: t.IssuedAt})
}

// UnmarshalJSON reads a ticket, but not one whose value was hidden.
func (t *Ticket) UnmarshalJSON(data []byte) error {
	var stored storedTicket
	if err := json.Unmarshal(data, &stored); err != nil {
		return err
	}
	if stored.Value == mask.Hidden {
		return errors.New("dingoa: the value was hidden when it was written: use EncodeTicket")
	}
	*t = Ticket(stored)
	return nil
}

// callbackRegistration is a [CallbackRegistration] as it is sent.
type callbackRegistration CallbackRegistration

func (r callbackRegistration) Secrets() []string { return []string{r.Token, r.AESKey} }

// MarshalJSON hides the secrets.
func (r CallbackRegistration) MarshalJSON() ([]byte, error) {
	r.Token, r.AESKey = mask.Secret(r.Token), mask.Secret(r.AESKey)
	return json.Marshal(callbackRegistration(r))
}

// MarshalJSON hides the ticket.
func (c StreamConnection) MarshalJSON() ([]byte, error) {
	type plain StreamConnection
	c.Ticket = mask.Secret(c.Ticket)
	return json.Marshal(plain(c))
}

// unsigned is an address without its query, which has the signature.
func unsigned(address string) string {
	if before, _, signed := strings.Cut(address, "?"); signed {
		return before + "?" + mask.Hidden
	}
	return address
}

// MarshalJSON hides the signature of the address; give the URL field to whoever
// is to fetch the file.
func (u DownloadURL) MarshalJSON() ([]byte, error) {
	type plain DownloadURL
	u.URL = unsigned(u.URL)
	return json.Marshal(plain(u))
}

// String hides the signature of the address.
func (u DownloadURL) String() string {
	return fmt.Sprintf("DownloadURL(%s %s %s)", u.SpaceID, u.FileID, unsigned(u.URL))
}

// Format hides the signature from every verb of fmt.
func (u DownloadURL) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// LogValue hides the signature from log/slog.
func (u DownloadURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// handSignURLRequest is a [HandSignURLRequest] as it is sent.
type handSignURLRequest HandSignURLRequest

func (r handSignURLRequest) Secrets() []string { return []string{r.Token} }

// MarshalJSON hides the token.
func (r HandSignURLRequest) MarshalJSON() ([]byte, error) {
	r.Token = mask.Secret(r.Token)
	return json.Marshal(handSignURLRequest(r))
}

// String hides the signature of the address.
func (u HandSignURL) String() string { return "HandSignURL(" + unsigned(u.URL) + ")" }

// Format hides the signature from every verb of fmt.
func (u HandSignURL) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

// LogValue hides the signature from log/slog.
func (u HandSignURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalJSON hides the signature of the address.
func (u HandSignURL) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"URL": unsigned(u.URL), "ExpireIn": u.ExpireIn})
}
