package sharing

import (
	"context"
	"sync"
	"time"
)

// When the next call of a line begins. A call begins at once where no other is in flight, and fewer
// than a few values were asked for lately. In a burst it waits, because the objects of a burst rarely
// read at the same moment: their reads follow each other by milliseconds. The larger the crowd, the longer
// the wait, and the more reads share the call.
const (
	lately  = 2 * time.Second
	few     = 5                     // values; one object asks for one
	perOne  = 50 * time.Millisecond // of the wait, for each value that was asked for lately
	longest = time.Second           // wait between the starts of two calls
	plenty  = 20                    // waiting reads; they do not wait for more
	// hung is how long others wait for a call in flight: a slow one must not delay all.
	hung = time.Second
)

// line is the reads that may share calls.
type line[T any] struct {
	mu      *sync.Mutex // the hub's; it guards all fields
	waiting []*ask[T]   // in order; their call has not begun
	served  bool        // by a goroutine, which ends when nobody waits
	began   time.Time   // the last call
	recent  map[string]time.Time
	enough  chan struct{} // has a value when plenty of reads wait
}

// ask is one caller's read.
type ask[T any] struct {
	Read[T]
	ctx      context.Context //nolint:containedctx // the caller waits with it
	answered chan struct{}
	found    []T
	err      error
}

// over reports whether the line has no effect on later reads.
func (l *line[T]) over() bool { return !l.served && time.Since(l.began) > lately }

// add lets a read wait for the next call. Its caller holds the lock.
func (l *line[T]) add(a *ask[T]) {
	now := time.Now()
	for value, asked := range l.recent {
		if now.Sub(asked) > lately {
			delete(l.recent, value)
		}
	}
	l.recent[a.Value] = now
	l.waiting = append(l.waiting, a)
	if len(l.waiting) >= plenty {
		select {
		case l.enough <- struct{}{}:
		default: // it has one
		}
	}
	if !l.served {
		l.served = true
		go l.serve()
	}
}

// serve begins one call after the other while reads wait.
func (l *line[T]) serve() {
	for {
		l.pause()
		b := l.take()
		if b == nil {
			return
		}
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			b.answer()
		}()
		timer := time.NewTimer(hung)
		select {
		case <-answered:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pause waits, in a burst, until the next call may begin.
func (l *line[T]) pause() {
	rest := l.rest()
	if rest <= 0 {
		return
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.enough:
	}
}

func (l *line[T]) rest() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.recent) < few || len(l.waiting) == 0 || len(l.waiting) >= plenty {
		return 0
	}
	return min(time.Duration(len(l.recent))*perOne, longest) - time.Since(l.began)
}

// take returns the reads of the next call, each value once, or nil if nobody waits. Who asks from now on
// waits for the call after it.
func (l *line[T]) take() (b batch[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.served = false
		return nil
	}
	at := map[string]int{}
	room := max(min(l.waiting[0].Room, Most), 1)
	left := l.waiting[:0:0]
	for _, a := range l.waiting {
		i, known := at[a.Value]
		switch {
		case known:
			b[i] = append(b[i], a)
		case len(b) < room:
			at[a.Value] = len(b)
			b = append(b, []*ask[T]{a})
		default:
			left = append(left, a)
		}
	}
	l.waiting, l.began = left, time.Now()
	select {
	case <-l.enough: // it counted reads that this call serves
	default:
	}
	return b
}
