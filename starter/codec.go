package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"go.temporal.io/sdk/converter"

	"github.com/tack-dev/tack/internal/encryption"
)

// maxBatch limits the size of one request: the Web UI sends a page of a history, and Temporal
// accepts no payload over 2 MiB.
const maxBatch = 64 << 20

// serveCodec is the codec server for the Web UI. It decompresses large payloads, and decrypts
// payloads if --payload-keys has their key. Anyone who can reach it and may read the Temporal
// namespace can read everything. It therefore listens on loopback, which only this machine's users
// can reach.
func serveCodec(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("codec", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:8089", "address to serve on; anyone who can reach it can decrypt what they may read in Temporal")
	origin := f.String("origin", "http://127.0.0.1:8233", "address of the Web UI, as the browser shows it; all other pages are refused")
	path := encryption.Flag(f)
	if err := f.Parse(args); err != nil {
		return err
	}
	keys, err := encryption.Load(*path)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("serving the codec: %w", err)
	}
	server := &http.Server{Handler: codecHandler(keys, *origin), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintf(out, "decoding for %s: set http://%s as its codec server\n", *origin, listener.Addr())
	if !loopback(listener.Addr()) {
		fmt.Fprintf(out, "warning: %s is not a loopback address, and the server asks for no password: restrict access to it\n", listener.Addr())
	}
	if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the codec: %w", err)
	}
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// codecHandler only decodes; encoding through it is not needed. A browser sends the origin of the
// page that asks, and the handler refuses every page except the Web UI.
func codecHandler(keys encryption.Keys, origin string) http.Handler {
	codec := converter.NewPayloadCodecHTTPHandler(keys.Codecs()...)
	mux := http.NewServeMux()
	mux.HandleFunc("OPTIONS /decode", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /decode", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBatch)
		codec.ServeHTTP(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asks := r.Header.Get("Origin"); asks != "" {
			if asks != origin {
				http.Error(w, fmt.Sprintf("this codec server serves only %s: set the page's address with --origin", origin), http.StatusForbidden)
				return
			}
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "authorization, content-type, x-namespace")
			h.Set("Vary", "Origin")
		}
		mux.ServeHTTP(w, r)
	})
}
