package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tack-dev/tack/internal/encryption"
)

const ui = "http://127.0.0.1:8233"

func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 32)))
	if err := os.WriteFile(path, []byte("key-1 "+key), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The codec server decrypts for the Web UI, and for no other page.
func TestCodecServer(t *testing.T) {
	keys, err := encryption.Load(keyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := keys.DataConverter().ToPayload("a secret")
	if err != nil {
		t.Fatal(err)
	}
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{payload}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(codecHandler(keys, ui))
	defer server.Close()
	for name, c := range map[string]struct {
		method, path, origin string
		status               int
		decrypted            bool
	}{
		"the Web UI":         {http.MethodPost, "/decode", ui, http.StatusOK, true},
		"its preflight":      {http.MethodOptions, "/decode", ui, http.StatusOK, false},
		"a terminal":         {http.MethodPost, "/decode", "", http.StatusOK, true},
		"another page":       {http.MethodPost, "/decode", "http://evil.example", http.StatusForbidden, false},
		"its preflight, too": {http.MethodOptions, "/decode", "http://evil.example", http.StatusForbidden, false},
		"encrypting":         {http.MethodPost, "/encode", ui, http.StatusNotFound, false},
		"reading":            {http.MethodGet, "/decode", ui, http.StatusMethodNotAllowed, false},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if c.origin != "" {
				request.Header.Set("Origin", c.origin)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			raw, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != c.status {
				t.Errorf("status %d: %s", answer.StatusCode, raw)
			}
			allowed := answer.Header.Get("Access-Control-Allow-Origin")
			if want := c.origin == ui; (allowed == ui) != want {
				t.Errorf("allowed for %q, want allowed: %t", allowed, want)
			}
			if got := decoded(t, raw); (got == "a secret") != c.decrypted {
				t.Errorf("decrypted to %q, want decrypted: %t", got, c.decrypted)
			}
		})
	}
}

func decoded(t *testing.T, raw []byte) (text string) {
	t.Helper()
	var payloads commonpb.Payloads
	if protojson.Unmarshal(raw, &payloads) != nil || len(payloads.GetPayloads()) != 1 {
		return ""
	}
	if err := converter.GetDefaultDataConverter().FromPayload(payloads.GetPayloads()[0], &text); err != nil {
		t.Fatal(err)
	}
	return text
}
