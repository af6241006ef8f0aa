package emulator

import (
	"context"
	"log/slog"
	"time"
)

// logRequest writes a request that was answered.
func (s *Server) logRequest(ctx context.Context, r Request) {
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", r.Path),
		slog.Int("status", r.Status), slog.Duration("took", r.Duration.Round(time.Microsecond)),
	}
	level := slog.LevelInfo
	message := "request"
	if r.Code != "" {
		level, message = slog.LevelWarn, "request refused"
		attrs = append(attrs, slog.String("code", r.Code))
	}
	if r.Message != "" {
		attrs = append(attrs, slog.String("reason", r.Message))
	}
	if r.Field != "" {
		attrs = append(attrs, slog.String("field", r.Field))
	}
	s.logger.LogAttrs(ctx, level, message, attrs...)
}

// logAttempt writes a try to deliver an event, before it is among the push's
// attempts. The caller holds s.mu.
func (s *Server) logAttempt(p Push, a Attempt) {
	attrs := []slog.Attr{
		slog.String("event", p.EventType), slog.String("type", p.Type), slog.String("instance", p.InstanceID),
		slog.Int("attempt", len(p.Attempts)+1), slog.Duration("took", a.Duration.Round(time.Microsecond)),
	}
	if a.Problem == "" {
		s.logLater(slog.LevelInfo, "event delivered", attrs...)
		return
	}
	s.logLater(slog.LevelWarn, "event not delivered", append(attrs, slog.String("reason", a.Problem))...)
}

// logStateProblem writes the first of several failures in a row. The caller
// holds s.mu.
func (s *Server) logStateProblem(before, now error) {
	if before == nil {
		s.logLater(slog.LevelError, "the state file cannot be written; nothing is done until it can", slog.Any("error", now))
	}
}

// logLater writes without the mutex, which its caller holds: a handler may do
// as it likes.
func (s *Server) logLater(level slog.Level, message string, attrs ...slog.Attr) {
	if s.logger.Enabled(s.ctx, level) {
		s.spawnLocked(func() { s.logger.LogAttrs(s.ctx, level, message, attrs...) })
	}
}
