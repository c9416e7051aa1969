package stack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// readyLimit is generous: right after a cold build all servers share two cores.
const readyLimit = 2 * time.Minute

// awaitReady waits until the part answers. It gives up early when exited reports that the process
// has ended.
func (s *Stack) awaitReady(ctx context.Context, sp spec, exited <-chan error) error {
	probe, err := s.probe(sp.Ready)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, readyLimit, fmt.Errorf("not ready within %s", readyLimit))
	defer cancel()
	for began, printed := time.Now(), time.Now(); ; {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := probe(attempt)
		cancel()
		if err == nil {
			return nil
		}
		if time.Since(printed) > 5*time.Second {
			printed = time.Now()
			s.out.printf("waiting for %s … %s", sp.Name, elapsed(time.Since(began)))
		}
		select {
		case end := <-exited:
			if end == nil {
				return fmt.Errorf("it ended at once")
			}
			return fmt.Errorf("it ended at once: %w", end)
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", context.Cause(ctx), err)
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// probe returns the check for a spec's Ready.
func (s *Stack) probe(ready string) (func(context.Context) error, error) {
	u, err := url.Parse(ready)
	if err != nil {
		return nil, fmt.Errorf("parsing readiness address %q: %w", ready, err)
	}
	switch u.Scheme {
	case "temporal":
		ui := net.JoinHostPort(u.Hostname(), u.Query().Get("ui"))
		return func(ctx context.Context) error { return askTemporal(ctx, u.Host, ui) }, nil
	case "tcp":
		return func(ctx context.Context) error { return dial(ctx, u.Host) }, nil
	case "https":
		config, err := restConfig(s.Kubeconfig)
		if err != nil {
			return nil, err
		}
		c, err := rest.HTTPClientFor(config)
		if err != nil {
			return nil, fmt.Errorf("creating a client from %s: %w", s.Kubeconfig, err)
		}
		return func(ctx context.Context) error { return askHTTP(ctx, c, ready) }, nil
	default:
		return func(ctx context.Context) error { return askHTTP(ctx, direct, ready) }, nil
	}
}

// direct ignores the proxies of the environment.
var direct = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func askHTTP(ctx context.Context, c *http.Client, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", address, resp.Status, bytes.TrimSpace(body))
	}
	return nil
}

func dial(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}

// askTemporal also requires the Web UI, which the server starts only once its namespace is usable.
func askTemporal(ctx context.Context, frontend, ui string) error {
	// gRPC's own retry would pause for a second between attempts.
	for _, addr := range []string{frontend, ui} {
		if err := dial(ctx, addr); err != nil {
			return err
		}
	}
	c, err := dialTemporal(ctx, frontend)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

// DialTemporal makes a client of the environment's Temporal, which logs nothing.
func (s *Stack) DialTemporal(ctx context.Context) (client.Client, error) {
	return dialTemporal(ctx, s.TemporalAddress)
}

func dialTemporal(ctx context.Context, address string) (client.Client, error) {
	c, err := client.DialContext(ctx, client.Options{
		HostPort: address, Namespace: TemporalNamespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to Temporal at %s: %w", address, err)
	}
	return c, nil
}

// DialKube makes a client of a cluster for tests and measurements: it does not throttle itself.
func DialKube(kubeconfig string) (*dynamic.DynamicClient, error) {
	config, err := restConfig(kubeconfig)
	if err != nil {
		return nil, err
	}
	c, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("creating a client from %s: %w", kubeconfig, err)
	}
	return c, nil
}

func restConfig(kubeconfig string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", kubeconfig, err)
	}
	config.QPS = -1 // one caller with its own server
	return config, nil
}

// tail returns the last lines that were written to the file after offset.
func tail(path string, offset int64, lines int) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	const most = 16 << 10
	if info, err := f.Stat(); err == nil {
		offset = max(offset, info.Size()-most)
	}
	raw, _ := io.ReadAll(io.NewSectionReader(f, offset, most))
	all := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
