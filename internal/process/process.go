// Package process is what the worker, the bridge and the starter have in common
// as processes: their logger, their connection to Temporal, their health page.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	temporallog "go.temporal.io/sdk/log"

	"github.com/tack-dev/tack/internal/encryption"
)

// Logger writes lines of text to standard error.
func Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// Temporal connects to the server that TEMPORAL_ADDRESS and the other variables
// of the SDK's environment configuration name.
// The role, such as "worker", is what the Web UI shows of who did what.
func Temporal(ctx context.Context, log *slog.Logger, role string, keys encryption.Keys) (client.Client, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("reading the Temporal settings of the environment: %w", err)
	}
	host, _ := os.Hostname() // shown only
	options.Identity = fmt.Sprintf("%s %d@%s", role, os.Getpid(), host)
	options.Logger = temporallog.NewStructuredLogger(log)
	options.DataConverter, options.FailureConverter = keys.DataConverter(), keys.FailureConverter()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(ctx, options)
	if err != nil {
		address := options.HostPort
		if address == "" {
			address = client.DefaultHostPort
		}
		return nil, fmt.Errorf("connecting to Temporal at %s (set TEMPORAL_ADDRESS for another): %w", address, err)
	}
	return c, nil
}

// Health is a health page: 503 until Ready is called, then 200.
type Health struct{ ready atomic.Bool }

// Ready makes the page answer 200.
func (h *Health) Ready() { h.ready.Store(true) }

// Serve serves the page at /healthz on the address until ctx ends. An empty
// address serves nothing.
func (h *Health) Serve(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("serving the health page: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if !h.ready.Load() {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			slog.Error("serving the health page", "error", err)
		}
	}()
	return nil
}
