// Command temporal is a small single-node Temporal server with its Web UI. It
// stores everything in one SQLite file, or on PostgreSQL. It accepts the flags of `temporal server
// start-dev`, so that the SDK's testsuite.StartDevServer can run it through
// ExistingPath.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/temporal"
)

// options are the settings of the command line.
type options struct {
	ip, namespace, dbFilename, logLevel, logFormat string
	postgres, postgresPassword                     string // address and file; empty: SQLite
	port, uiPort                                   int
	headless                                       bool
	searchAttributes                               map[string]enumspb.IndexedValueType
	dynamicConfig                                  map[string]any
	pragmas                                        map[string]string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "temporal:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) > 0 && args[0] == "postgres" {
		return servePostgres(args[1:])
	}
	if len(args) < 2 || args[0] != "server" || args[1] != "start-dev" {
		return fmt.Errorf("usage: temporal server start-dev [flags], got %q", strings.Join(args, " "))
	}
	opts, err := parse(args[2:])
	if err != nil {
		return err
	}
	// Handle interrupts before the frontend is up: a caller that waits only for the
	// frontend may stop the server before the rest runs.
	interrupt := temporal.InterruptCh()
	server, err := newServer(opts)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return fmt.Errorf("starting the server on %s:%d: %w", opts.ip, opts.port, err)
	}
	// The frontend answers before the namespace cache has the namespace.
	if err := awaitNamespace(opts, 30*time.Second); err != nil {
		return err
	}
	if !opts.headless {
		ui := newUI(opts)
		go func() {
			if err := ui.Start(); err != nil {
				slog.Error("serving the Web UI", "port", opts.uiPort, "error", err)
			}
		}()
		defer ui.Stop()
	}
	fmt.Printf("temporal: serving on %s:%d, database %s\n", opts.ip, opts.port, opts.database())
	<-interrupt
	return server.Stop()
}

// parse reads the flags of `temporal server start-dev` that this server supports.
func parse(args []string) (options, error) {
	o := options{
		searchAttributes: map[string]enumspb.IndexedValueType{},
		dynamicConfig:    map[string]any{},
		pragmas:          map[string]string{"journal_mode": "wal", "synchronous": "1", "cache_size": "-65536", "mmap_size": "268435456"},
	}
	f := flag.NewFlagSet("temporal server start-dev", flag.ContinueOnError)
	f.StringVar(&o.ip, "ip", "127.0.0.1", "address to listen on")
	f.IntVar(&o.port, "port", 7233, "port of the gRPC frontend")
	f.IntVar(&o.uiPort, "ui-port", 0, "port of the Web UI (0: --port + 1000)")
	f.StringVar(&o.namespace, "namespace", "default", "namespace to create")
	f.StringVar(&o.dbFilename, "db-filename", "", "SQLite file (empty: in memory)")
	f.StringVar(&o.postgres, "postgres", "", "host:port of a PostgreSQL server to use instead of SQLite")
	f.StringVar(&o.postgresPassword, "postgres-password", "", "file of the password for --postgres")
	f.StringVar(&o.logLevel, "log-level", "warn", "debug, info, warn, error or never")
	f.StringVar(&o.logFormat, "log-format", "text", "text or json")
	f.BoolVar(&o.headless, "headless", false, "serve no Web UI")
	f.Func("search-attribute", "NAME=Type, repeatable", pair(func(key, value string) error {
		kind, err := enumspb.IndexedValueTypeFromString(value)
		o.searchAttributes[key] = kind
		return err
	}))
	f.Func("dynamic-config-value", "KEY=JSON, repeatable", pair(func(key, value string) error {
		var v any
		err := json.Unmarshal([]byte(value), &v)
		o.dynamicConfig[key] = v
		return err
	}))
	f.Func("sqlite-pragma", "NAME=VALUE, repeatable", pair(func(key, value string) error {
		o.pragmas[key] = value
		return nil
	}))
	err := f.Parse(args)
	if o.uiPort == 0 {
		o.uiPort = o.port + 1000
	}
	return o, err
}

func pair(set func(key, value string) error) func(string) error {
	return func(arg string) error {
		key, value, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("want KEY=VALUE, got %q", arg)
		}
		return set(key, value)
	}
}

// database names the database for messages.
func (o options) database() string {
	if o.postgres != "" {
		return "PostgreSQL on " + o.postgres
	}
	return o.dbFilename
}
