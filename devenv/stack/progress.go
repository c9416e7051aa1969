package stack

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress prints lines with the time since the command began.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	began time.Time
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, began: time.Now()}
}

func (p *progress) printf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, "%7s  %s\n", elapsed(time.Since(p.began)), fmt.Sprintf(format, args...))
}

// elapsed shows tenths of a second for short durations.
func elapsed(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// every prints the result of line at each interval, until stop is called. It omits empty lines.
func (p *progress) every(interval time.Duration, line func() string) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if text := line(); text != "" {
					p.printf("%s", text)
				}
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}
