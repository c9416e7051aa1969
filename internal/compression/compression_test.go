package compression

import (
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// Only large payloads are compressed, and every payload decodes to its original.
func TestCodec(t *testing.T) {
	for name, c := range map[string]struct {
		value      string
		compressed bool
	}{
		"small":               {"a small one", false},
		"just below the size": {strings.Repeat("x", threshold-len(`""`)-1), false},
		"at the size":         {strings.Repeat("x", threshold-len(`""`)), true},
		"1,000 rules":         {strings.Repeat(`{"ipProtocol":"tcp","fromPort":443,"toPort":443}`, 20_000), true},
	} {
		t.Run(name, func(t *testing.T) {
			plain, err := converter.GetDefaultDataConverter().ToPayload(c.value)
			if err != nil {
				t.Fatal(err)
			}
			payloads, err := Codec().Encode([]*commonpb.Payload{plain})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(payloads[0].Data) < len(plain.Data); got != c.compressed {
				t.Errorf("compressed: %v, want %v", got, c.compressed)
			}
			if payloads, err = Codec().Decode(payloads); err != nil {
				t.Fatal(err)
			}
			var got string
			if err := converter.GetDefaultDataConverter().FromPayload(payloads[0], &got); err != nil {
				t.Fatal(err)
			}
			if got != c.value {
				t.Errorf("%d bytes decode to %d different bytes", len(c.value), len(got))
			}
		})
	}
}

// A damaged payload is an error, never an empty value.
func TestDamaged(t *testing.T) {
	_, err := Codec().Decode([]*commonpb.Payload{{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("binary/zlib")},
		Data:     []byte("no zlib"),
	}})
	if err == nil {
		t.Error("a damaged payload decodes without an error")
	}
}
