// Package compression makes large payloads small enough for Temporal. Temporal accepts at most 2
// MiB in one payload and 4 MiB in one message. Source:
// https://docs.temporal.io/self-hosted-guide/defaults
package compression

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// threshold is the size, in bytes, from which a payload is compressed. Smaller payloads stay
// readable in the Web UI without a codec server, and most histories hold only such payloads. A
// security group with some 300 rules reaches the threshold.
const threshold = 64 << 10

// Codec compresses payloads of 64 KiB and more with zlib. It decodes its own encoding and leaves
// every other payload unchanged, so histories from before the codec stay readable.
func Codec() converter.PayloadCodec {
	return codec{converter.NewZlibCodec(converter.ZlibCodecOptions{})}
}

type codec struct{ converter.PayloadCodec }

// Encode compresses the large payloads. It leaves a payload unchanged if zlib does not make it
// smaller.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		encoded[i] = p
		if len(p.GetData()) < threshold {
			continue
		}
		compressed, err := c.PayloadCodec.Encode([]*commonpb.Payload{p})
		if err != nil {
			return nil, err
		}
		encoded[i] = compressed[0]
	}
	return encoded, nil
}
