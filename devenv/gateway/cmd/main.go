// Command gateway serves the AWS gateway of the development environment.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

// identityFlags collects ACCESSKEYID=ARN.
type identityFlags map[string]string

func (f identityFlags) String() string { return "" }

func (f identityFlags) Set(v string) error {
	key, arn, ok := strings.Cut(v, "=")
	if !ok || key == "" {
		return fmt.Errorf("reading %q: want ACCESSKEYID=ARN", v)
	}
	f[key] = arn
	return nil
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:4566", "address to serve on")
	opts := gateway.Options{Identities: map[string]string{}}
	flags.StringVar(&opts.Moto, "moto", "http://127.0.0.1:5000", "address of moto")
	flags.StringVar(&opts.JournalFile, "journal", "", "file for the journal of calls")
	flags.StringVar(&opts.StateFile, "state", "", "file for the keys of assumed roles")
	flags.Var(identityFlags(opts.Identities), "identity", "ACCESSKEYID=ARN of a caller known from the start (repeatable)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return fmt.Errorf("reading the command line: %w", err)
	}
	g, err := gateway.New(opts)
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, g, *listen), g.Close())
}

func serve(ctx context.Context, g *gateway.Gateway, listen string) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	fmt.Printf("gateway: listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", listen, err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		// Calls that a rule holds would otherwise wait forever.
		return server.Close()
	}
	return nil
}
