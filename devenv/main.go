// Command devenv starts and stops the local environment: see `make help`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/tack-dev/tack/devenv/stack"
)

const usage = `usage: go run ./devenv <command> [flags]

  up       build outdated programs, and start all parts
  down     stop all parts
  status   show all parts with their addresses
  build    build the programs, without a start

flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "devenv:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("devenv", flag.ContinueOnError)
	o := stack.Options{Fixed: true, Out: os.Stdout, Ports: map[string]int{}}
	flags.StringVar(&o.Dir, "dir", ".tack/dev", "state folder, below the repository root")
	flags.IntVar(&o.Workers, "workers", 2, "number of workers")
	flags.StringVar(&o.PayloadKeys, "payload-keys", os.Getenv("TACK_PAYLOAD_KEYS"), "file of the keys that encrypt payloads in Temporal (default: clear text; env TACK_PAYLOAD_KEYS)")
	if err := o.ReadPortBase(); err != nil {
		return err
	}
	flags.IntVar(&o.PortBase, "port-base", o.PortBase, "first of the ports to use (default: the well-known ones; env TACK_PORT_BASE)")
	flags.Func("port", "`name=number` of one port, repeatable; names: "+strings.Join(stack.PortNames(2), ", "), func(arg string) error {
		name, number, _ := strings.Cut(arg, "=")
		port, err := strconv.Atoi(number)
		o.Ports[name] = port
		return err
	})
	flags.Usage = func() {
		fmt.Fprint(os.Stderr, usage)
		flags.PrintDefaults()
	}
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.PayloadKeys != "" {
		path, err := filepath.Abs(o.PayloadKeys)
		if err != nil {
			return fmt.Errorf("finding the payload keys: %w", err)
		}
		o.PayloadKeys = path
	}
	switch command {
	case "up":
		return up(ctx, o)
	case "down":
		return down(ctx, o.Dir)
	case "status":
		return status(o.Dir)
	case "build":
		return build(ctx)
	default:
		flags.Usage()
		return fmt.Errorf("unknown command %q", command)
	}
}

func up(ctx context.Context, o stack.Options) error {
	s, err := stack.Up(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println()
	return s.Describe(os.Stdout)
}

func down(ctx context.Context, dir string) error {
	s, err := stack.Load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Println("nothing to stop: there is no environment in", dir)
		return nil
	}
	if err != nil {
		return err
	}
	s.Report(os.Stdout)
	if err := s.Down(ctx); err != nil {
		return err
	}
	fmt.Println("all parts are stopped")
	return nil
}

func status(dir string) error {
	s, err := stack.Load(dir)
	if err != nil {
		return err
	}
	return s.Describe(os.Stdout)
}

func build(ctx context.Context) error {
	root, err := stack.Root()
	if err != nil {
		return err
	}
	return stack.Build(ctx, root, os.Stdout)
}
