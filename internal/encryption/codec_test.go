package encryption

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

const marker = "hunter2-hunter2"

func payloads(t *testing.T, values ...any) []*commonpb.Payload {
	t.Helper()
	p, err := converter.GetDefaultDataConverter().ToPayloads(values...)
	if err != nil {
		t.Fatal(err)
	}
	return p.GetPayloads()
}

func encode(t *testing.T, k Keys, plain []*commonpb.Payload) []*commonpb.Payload {
	t.Helper()
	encoded, err := k.Codec().Encode(plain)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func wantDecoded(t *testing.T, k Keys, encoded, want []*commonpb.Payload) {
	t.Helper()
	got, err := k.Codec().Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

// An encoded payload contains nothing of the original, not even its metadata. Each encoding is
// different, and all of them decode to the original.
func TestRoundTrip(t *testing.T) {
	keys := parse(t, line("a", "x"))
	plain := append(payloads(t, map[string]string{"k": marker}, nil, []byte(marker), ""), &commonpb.Payload{})
	encoded := encode(t, keys, plain)
	for i, p := range encoded {
		raw, err := proto.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(marker)) || bytes.Contains(raw, []byte("json/plain")) {
			t.Errorf("payload %d is in clear: %s", i, raw)
		}
		want := map[string]string{"encoding": "binary/encrypted", "encryption-key-id": "a"}
		got := map[string]string{}
		for k, v := range p.GetMetadata() {
			got[k] = string(v)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("metadata (-want +got):\n%s", diff)
		}
	}
	wantDecoded(t, keys, encoded, plain)
	if again := encode(t, keys, plain); bytes.Equal(again[0].GetData(), encoded[0].GetData()) {
		t.Error("the same payload twice gives the same bytes")
	}
}

// The first key encrypts and all keys decrypt: an operator can add a new key, and remove an old one
// once no payload needs it.
func TestRotation(t *testing.T) {
	plain := payloads(t, marker)
	before := parse(t, line("old", "x"))
	prepared := parse(t, line("old", "x"), line("new", "y"))
	switched := parse(t, line("new", "y"), line("old", "x"))
	for name, writer := range map[string]Keys{"before": before, "prepared": prepared, "switched": switched} {
		encoded := encode(t, writer, plain)
		if got, want := string(encoded[0].GetMetadata()[metadataKeyID]), writer.first; got != want {
			t.Errorf("%s: encrypted by %s, want %s", name, got, want)
		}
		wantDecoded(t, prepared, encoded, plain)
		wantDecoded(t, switched, encoded, plain)
	}
	_, err := before.Codec().Decode(encode(t, switched, plain))
	wantLocked(t, err, `it needs key "new": add that key to the file of --payload-keys`)
}

// Without keys nothing is encrypted and clear text passes both ways. An encrypted payload is
// refused with an error that names the key and the flag.
func TestWithoutKeys(t *testing.T) {
	plain := payloads(t, marker, nil)
	wantDecoded(t, Keys{}, encode(t, Keys{}, plain), plain)
	wantDecoded(t, parse(t, line("a", "x")), plain, plain)
	_, err := Keys{}.Codec().Decode(encode(t, parse(t, line("a", "x")), plain))
	wantLocked(t, err, `it needs key "a": add that key to the file of --payload-keys`)
}

// A payload that was changed, or encrypted by a different key with that id, is refused.
func TestTampered(t *testing.T) {
	keys := parse(t, line("a", "x"), line("b", "y"))
	for name, change := range map[string]func(*commonpb.Payload){
		"a byte":         func(p *commonpb.Payload) { p.Data[len(p.Data)/2] ^= 1 },
		"the nonce":      func(p *commonpb.Payload) { p.Data[0] ^= 1 },
		"cut":            func(p *commonpb.Payload) { p.Data = p.Data[:len(p.Data)-1] },
		"nothing left":   func(p *commonpb.Payload) { p.Data = nil },
		"another key id": func(p *commonpb.Payload) { p.Metadata[metadataKeyID] = []byte("b") },
	} {
		encoded := encode(t, keys, payloads(t, marker))
		change(encoded[0])
		if _, err := keys.Codec().Decode(encoded); err == nil {
			t.Errorf("%s: it was decoded", name)
		} else {
			wantLocked(t, err, "does not open it")
		}
	}
	_, err := parse(t, line("a", "z")).Codec().Decode(encode(t, keys, payloads(t, marker)))
	wantLocked(t, err, "this program has a different key under that id")
}

func wantLocked(t *testing.T, err error, text string) {
	t.Helper()
	if _, ok := errors.AsType[*LockedError](err); !ok || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want it to say %q", err, text)
	}
}
