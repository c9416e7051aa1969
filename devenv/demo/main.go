// Command demo starts the local environment and shows, on the real system, what Tack does: see
// `make demo`. It checks every line with kube-apiserver, Temporal or the journal of AWS calls
// before it prints the line. A failed check ends the demo with an error.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tack-dev/tack/devenv/scenario"
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
	network := flag.Bool("web", false, "show how the network of config/samples/web is created and deleted")
	accounts := flag.Bool("accounts", false, "show how each object gets the right account, or none")
	hub := flag.Bool("hub", false, "show how the hub and the spoke of config/samples/hub are created and deleted, in two accounts")
	adoption := flag.Bool("adopt", false, "show how Tack adopts what CloudFormation made, and takes over what ACK left")
	flag.StringVar(&o.Dir, "dir", ".tack/dev", "state folder of the environment, below the repository root")
	flag.Parse()
	if err := o.ReadPortBase(); err != nil {
		return err
	}
	out := newPage(os.Stdout)
	out.say("Starting the environment, as `make up` does. The first time takes about 15 minutes, to " +
		"compile Temporal and Kubernetes; later it takes seconds.")
	env, err := stack.Up(ctx, o)
	if err != nil {
		return fmt.Errorf("bringing the environment up: %w", err)
	}
	env.Report(io.Discard) // from here on the demo itself reports progress
	world, err := scenario.Connect(ctx, env)
	if err != nil {
		return err
	}
	defer world.Temporal.Close()
	s := &story{World: world, out: out}
	tell := s.tell
	switch {
	case *network:
		tell = s.tellWeb
	case *accounts:
		tell = s.tellAccounts
	case *hub:
		tell = s.tellHub
	case *adoption:
		tell = s.tellAdoption
	}
	if err := tell(ctx); err != nil {
		return fmt.Errorf("%w\nThe environment is still running: read its logs in %s; stop it with `make down`", err, env.LogDir)
	}
	return nil
}

// tell shows two teams, the role map, a killed worker and a mistake.
func (s *story) tell(ctx context.Context) error {
	began := time.Now()
	err := s.tellAll(ctx,
		chapter{"Two teams apply AWS resources, each in its own account", s.askTooEarly},
		chapter{"The role map appears", s.mapRoles},
		chapter{"A worker dies at the worst moment", s.killWorker},
		chapter{"A mistake is refused before AWS receives a call", s.refuseMistake},
		chapter{"The result", s.showTable},
	)
	if err == nil {
		s.sayGoodbye(time.Since(began))
	}
	return err
}
