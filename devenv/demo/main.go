// Command demo brings the local environment up and tells, on the real thing,
// what Tack does: see `make demo`. Every line that it prints was checked before
// with kube-apiserver, Temporal or the journal of AWS calls; what is not so ends
// it with an error.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/tack-dev/tack/devenv/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	o := stack.Options{Fixed: true, Out: os.Stdout}
	network := flag.Bool("web", false, "tell how the network of config/samples/web comes and goes")
	accounts := flag.Bool("accounts", false, "tell how each object gets the right account, or none")
	flag.StringVar(&o.Dir, "dir", ".tack/dev", "state folder of the environment, below the repository root")
	flag.Parse()
	if base := os.Getenv("TACK_PORT_BASE"); base != "" {
		port, err := strconv.Atoi(base)
		if err != nil {
			return fmt.Errorf("reading TACK_PORT_BASE: %w", err)
		}
		o.PortBase = port
	}
	out := newPage(os.Stdout)
	out.say("Bringing the environment up, as `make up` does: some 10 minutes the first time, which " +
		"compile Temporal and Kubernetes, and seconds from then on.")
	env, err := stack.Up(ctx, o)
	if err != nil {
		return fmt.Errorf("bringing the environment up: %w", err)
	}
	env.Report(io.Discard) // from here on the demo itself tells what happens
	s, err := connect(ctx, env, out)
	if err != nil {
		return err
	}
	defer s.temporal.Close()
	tell := s.tell
	if *network {
		tell = s.tellWeb
	}
	if *accounts {
		tell = s.tellAccounts
	}
	if err := tell(ctx); err != nil {
		return fmt.Errorf("%w\nThe environment is still up, for a look at it: its logs are in %s; `make down` stops it", err, env.LogDir)
	}
	return nil
}

// tell tells the story, chapter by chapter, and leaves nothing broken behind.
func (s *story) tell(ctx context.Context) (err error) {
	defer func() {
		if repairErr := s.repair(); err == nil {
			err = repairErr
		}
	}()
	began := time.Now()
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("clearing away the demo before this one: %w", err)
	}
	for n, chapter := range []struct {
		title string
		tell  func(context.Context) error
	}{
		{"Two teams ask for AWS resources, each in an account of its own", s.askTooEarly},
		{"The role map appears", s.mapRoles},
		{"A worker dies at the worst moment", s.killWorker},
		{"A mistake is refused before AWS hears of it", s.refuseMistake},
		{"What there is now", s.showTable},
	} {
		s.out.chapter(n+1, chapter.title)
		if err := chapter.tell(ctx); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("interrupted in chapter %d: %w", n+1, ctx.Err())
			}
			return fmt.Errorf("this is not as it should be, in chapter %d, %q: %w", n+1, chapter.title, err)
		}
	}
	s.sayGoodbye(time.Since(began))
	return nil
}
