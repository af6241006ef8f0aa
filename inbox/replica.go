package inbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Replicas agree on who has which shard in a stream of its own, which no
// WithMaxBytes can fill:
//
//	<name>-replicas.member.<id>  a replica that is alive; gone some seconds after its last beat
//	<name>-replicas.owners       the owner of each shard, changed by comparing and swapping
const (
	// beat is the pause between two signs of life of a replica.
	beat = 1500 * time.Millisecond
	// lifetime is how long the others believe it.
	lifetime = 6 * time.Second
	// selfDoubt is how long it believes so itself, counted from before the beat.
	selfDoubt = 4 * time.Second
)

// replica is this process among those that share an inbox. An id serves for
// one life: whoever missed its beats begins anew, with another one.
type replica struct {
	*Inbox

	start  runShard
	stream jetstream.Stream

	id string
	// handlers is the context of all handlers. It ends with the life.
	handlers context.Context //nolint:containedctx // see shard.handlers
	die      context.CancelFunc
	doubt    *time.Timer // ends the life unless a beat succeeds

	running map[string]*runner // by shard
}

// runner is a shard that runs here.
type runner struct {
	stop     context.CancelFunc
	stopping bool
	done     chan struct{}
}

func (r *runner) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// runReplica takes part until ctx ends, then gives back what it has.
func (in *Inbox) runReplica(ctx context.Context, start runShard) {
	r := &replica{Inbox: in, start: start}
	r.live(ctx)
	for ctx.Err() == nil {
		if r.handlers.Err() != nil {
			r.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: out of touch with the other replicas, handlers were cancelled")
			r.awaitRunners()
			r.live(ctx)
		}
		if err := r.step(ctx); err != nil && ctx.Err() == nil {
			r.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: no agreement with the other replicas, trying again", slog.Any("error", err))
		}
		pause(ctx, beat)
	}
	r.leave(context.WithoutCancel(ctx))
}

func (r *replica) live(ctx context.Context) {
	r.id = rand.Text()
	r.running = map[string]*runner{}
	r.handlers, r.die = context.WithCancel(context.WithoutCancel(ctx))
	r.doubt = time.AfterFunc(selfDoubt, r.die)
}

func (r *replica) awaitRunners() {
	for _, running := range r.running {
		<-running.done
	}
}

// step is one beat: stay alive, see who else is, and take or give shards.
func (r *replica) step(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beat)
	defer cancel()
	if err := r.beat(ctx); err != nil {
		return err
	}
	info, err := r.stream.Info(ctx, jetstream.WithSubjectFilter(r.subject("member.*")))
	if err != nil {
		return err
	}
	members := map[string]bool{}
	for subject := range info.State.Subjects {
		members[strings.TrimPrefix(subject, r.subject("member."))] = true
	}
	return r.share(ctx, members)
}

func (r *replica) beat(ctx context.Context) error {
	if r.stream == nil {
		stream, err := r.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name:              r.name + "-replicas",
			Description:       "who hands over the events of " + r.name,
			Subjects:          []string{r.name + "-replicas.>"},
			MaxMsgsPerSubject: 1,
			Replicas:          max(r.replicas, 1),
			AllowMsgTTL:       true,
			Metadata:          map[string]string{formatKey: "replicas"},
		})
		if err != nil {
			return err
		}
		r.stream = stream
	}
	began := time.Now()
	if _, err := r.js.Publish(ctx, r.subject("member."+r.id), nil, jetstream.WithMsgTTL(lifetime)); err != nil {
		return err
	}
	// A timer that fired already can't be put back: the life is over then.
	if r.doubt.Stop() {
		r.doubt.Reset(selfDoubt - time.Since(began))
	}
	return r.handlers.Err()
}

// subject has the name's stream apart from that of another inbox.
func (r *replica) subject(name string) string { return r.name + "-replicas." + name }

// owners reads who has which shard, and the place of that note.
func (r *replica) owners(ctx context.Context) (owners map[string]string, seq uint64, err error) {
	owners = map[string]string{}
	msg, err := r.stream.GetLastMsgForSubject(ctx, r.subject("owners"))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return owners, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	return owners, msg.Sequence, json.Unmarshal(msg.Data, &owners)
}

// setOwners fails when another replica was first; the next beat sees what it did.
func (r *replica) setOwners(ctx context.Context, owners map[string]string, seq uint64) error {
	data, err := json.Marshal(owners)
	if err != nil {
		return err
	}
	_, err = r.js.Publish(ctx, r.subject("owners"), data, jetstream.WithExpectLastSequencePerSubject(seq))
	return err
}

// share gives up what is above this replica's share and takes what nobody has.
func (r *replica) share(ctx context.Context, members map[string]bool) error {
	owners, seq, err := r.owners(ctx)
	if err != nil {
		return err
	}
	changed := false
	for name, id := range owners {
		running := r.running[name]
		given := id == r.id && (running == nil || running.ended())
		if given || id != r.id && !members[id] {
			delete(owners, name)
			delete(r.running, name)
			changed = true
		}
	}
	for name, running := range r.running {
		if owners[name] != r.id && !running.ended() {
			r.die() // somebody saw this replica dead before it did
			return errors.New("a shard that runs here has another owner")
		}
	}
	quota := (len(shards) + len(members) - 1) / max(len(members), 1)
	r.giveAbove(quota)

	var taken []string
	for _, digit := range shards {
		name := string(digit)
		if owners[name] == "" && len(r.running)+len(taken) < quota {
			owners[name] = r.id
			taken = append(taken, name)
		}
	}
	if !changed && len(taken) == 0 {
		return nil
	}
	if err := r.setOwners(ctx, owners, seq); err != nil {
		return err
	}
	for _, name := range taken {
		r.take(name) //nolint:contextcheck // the shard outlives this beat
	}
	r.logger.LogAttrs(ctx, slog.LevelInfo, "inbox: shards changed hands",
		slog.Int("replicas", len(members)), slog.Int("shards_here", len(r.running)))
	return nil
}

// giveAbove stops shards until only quota are left. They are given away once
// their running handlers have ended.
func (r *replica) giveAbove(quota int) {
	active := 0
	for _, running := range r.running {
		switch {
		case running.stopping:
		case active < quota:
			active++
		default:
			running.stopping = true
			running.stop()
		}
	}
}

func (r *replica) take(name string) {
	ctx, stop := context.WithCancel(r.handlers)
	running := &runner{stop: stop, done: make(chan struct{})}
	r.running[name] = running
	go func() {
		defer close(running.done)
		defer stop()
		r.start(ctx, r.handlers, name)
	}()
}

// leave stops the shards, stays alive until their handlers have ended, and
// tells the others, who need not wait for its lifetime then.
func (r *replica) leave(ctx context.Context) {
	for _, running := range r.running {
		running.stop()
	}
	for _, running := range r.running {
		for !r.awaitOrBeat(ctx, running) {
		}
	}
	r.doubt.Stop()
	r.die()
	if r.stream == nil {
		return
	}
	ctx, cancel := settled(ctx)
	defer cancel()
	if err := r.stream.Purge(ctx, jetstream.WithPurgeSubject(r.subject("member."+r.id))); err != nil {
		r.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: the other replicas were not told of the end", slog.Any("error", err))
	}
}

// awaitOrBeat waits for a shard to end, and for a beat at most.
func (r *replica) awaitOrBeat(ctx context.Context, running *runner) (ended bool) {
	timer := time.NewTimer(beat)
	defer timer.Stop()
	select {
	case <-running.done:
		return true
	case <-timer.C:
	}
	ctx, cancel := context.WithTimeout(ctx, beat)
	defer cancel()
	if err := r.beat(ctx); err != nil {
		r.logger.LogAttrs(ctx, slog.LevelWarn, "inbox: no beat while handlers end", slog.Any("error", err))
	}
	return false
}
