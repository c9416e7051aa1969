package encryption

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// Metadata of an encrypted payload. A codec server and the Web UI check the encoding; the key id
// selects the key that decrypts it.
const (
	metadataKeyID = "encryption-key-id"
	encoding      = "binary/encrypted"
)

// LockedError reports an encrypted payload that cannot be decrypted here.
type LockedError struct{ message string }

// Error says which key is missing and where to add it.
func (e *LockedError) Error() string { return e.message }

// codec encrypts payloads as a whole, with their metadata.
type codec struct{ keys Keys }

// Codec returns the codec of the keys. It leaves unencrypted payloads unchanged, so that payloads
// from before the keys stay readable.
func (k Keys) Codec() converter.PayloadCodec { return codec{k} }

// Encode encrypts with the first key.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	if !c.keys.Encrypt() {
		return payloads, nil
	}
	id := c.keys.first
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encrypting a payload: %w", err)
		}
		encoded[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(encoding),
				metadataKeyID:              []byte(id),
			},
			Data: c.keys.byID[id].Seal(nil, nil, plain, bound(id)),
		}
	}
	return encoded, nil
}

// Decode decrypts the encrypted payloads.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		var err error
		if decoded[i], err = c.decode(p); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

func (c codec) decode(p *commonpb.Payload) (*commonpb.Payload, error) {
	if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
		return p, nil
	}
	id := string(p.GetMetadata()[metadataKeyID])
	key, ok := c.keys.byID[id]
	if !ok {
		return nil, &LockedError{fmt.Sprintf("decrypting a payload: it needs key %q: add that key to the file of --payload-keys, and restart", id)}
	}
	plain, err := key.Open(nil, nil, p.GetData(), bound(id))
	if err != nil {
		return nil, &LockedError{fmt.Sprintf("decrypting a payload: key %q does not open it: this program has a different key under that id, or the payload was changed", id)}
	}
	var out commonpb.Payload
	if err := proto.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("decrypting a payload: %w", err)
	}
	return &out, nil
}

// bound is the data that a payload is authenticated with: a label and the key id. The workflow is
// not part of it: a signal and a summary are encrypted before the converter knows their workflow,
// and continue-as-new passes payloads on.
func bound(id string) []byte { return []byte("tack payload\n" + id) }
