// Package compression makes large payloads small enough for Temporal, which takes
// at most 2 MiB in one payload and 4 MiB in one message.
// Source: https://docs.temporal.io/self-hosted-guide/defaults
package compression

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
)

// threshold is the size, in bytes, from which a payload is compressed. Smaller ones
// stay readable in the Web UI without a codec server, and most histories hold no
// other. A security group with some 300 rules reaches it.
const threshold = 64 << 10

// Codec compresses payloads of 64 KiB and more by zlib. It decodes what zlib
// encoded and leaves every other payload as it is, so histories from before it read
// unchanged.
func Codec() converter.PayloadCodec {
	return codec{converter.NewZlibCodec(converter.ZlibCodecOptions{})}
}

type codec struct{ converter.PayloadCodec }

// Encode compresses the large payloads. One that zlib does not make smaller stays.
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
