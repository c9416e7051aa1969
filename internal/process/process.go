// Package process contains what the worker, the bridge and the starter share as processes: their
// logger, their connection to Temporal, their health page.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
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

// Temporal connects to the server that TEMPORAL_ADDRESS and the other variables of the SDK's
// environment configuration name. The Web UI shows the role, such as "worker", as the author of an
// action.
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
		return nil, unreachable{fmt.Errorf("connecting to Temporal at %s (set TEMPORAL_ADDRESS to change the address): %w", address, err)}
	}
	return c, nil
}

// AwaitTemporal connects to the server, and waits until the server is available.
func AwaitTemporal(ctx context.Context, log *slog.Logger, health *Health, role string, keys encryption.Keys) (c client.Client, err error) {
	err = AwaitServer(ctx, log, health, "Temporal", isUnreachable, func(ctx context.Context) error {
		c, err = Temporal(ctx, log, role, keys)
		return err
	})
	return c, err
}

// unreachable reports that a server cannot be reached; a retry may succeed.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

func isUnreachable(err error) bool {
	_, ok := errors.AsType[unreachable](err)
	return ok
}

// Health is a health page: 503 until Ready is called, then 200. A process that does only part of
// its work is degraded, but ready.
type Health struct {
	mu       sync.Mutex
	ready    bool
	waiting  string
	degraded func() []string
}

// Waiting shows on the page what the process waits for.
func (h *Health) Waiting(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = what
}

// Degraded lists on the page, one per line, the work that the process does not do.
func (h *Health) Degraded(lines func() []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.degraded = lines
}

// Ready makes the page answer 200.
func (h *Health) Ready() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ready = true
}

// page returns the text of the page.
func (h *Health) page() (status int, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := []string{"ok"}
	if h.degraded != nil {
		if missing := h.degraded(); len(missing) > 0 {
			lines = append([]string{"degraded"}, missing...)
		}
	}
	if !h.ready {
		lines[0] = "starting"
		if h.waiting != "" {
			lines[0] += ": " + h.waiting
		}
		return http.StatusServiceUnavailable, strings.Join(lines, "\n")
	}
	return http.StatusOK, strings.Join(lines, "\n")
}

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
		status, text := h.page()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
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
