package encryption

import (
	"context"
	"errors"
	"flag"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/internal/compression"
)

// Flag registers the flag that names the file of keys, and returns where its value will be. Every
// program that reads or writes payloads has this flag.
func Flag(flags *flag.FlagSet) *string {
	return flags.String("payload-keys", "", "`FILE` with the keys for all payloads in Temporal, one <id> <base64> per line; the first key encrypts (empty: clear text)")
}

// DataConverter returns the converter for clients, workers and replayers. It compresses large
// payloads and then encrypts all payloads. Without keys it writes clear text, and refuses encrypted
// payloads with an error that says how to add the key.
func (k Keys) DataConverter() converter.DataConverter {
	return outside{converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), k.Codecs()...)}
}

// Codecs returns the codecs of a payload in the order of decoding: decrypt, decompress. Encryption
// wraps compression, because encrypted bytes do not compress.
func (k Keys) Codecs() []converter.PayloadCodec {
	return []converter.PayloadCodec{k.Codec(), compression.Codec()}
}

// FailureConverter leaves the messages of failures readable and encodes their details with the
// codec. Only workflow code reads the details.
func (k Keys) FailureConverter() converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: inside{k.DataConverter()}})
}

// outside is the converter outside of workflow code.
type outside struct{ converter.DataConverter }

// WithWorkflowContext returns the converter for the code of one run.
func (o outside) WithWorkflowContext(converter.WorkflowContext) converter.DataConverter {
	return inside(o)
}

// WithContext returns the converter itself: activities need no other.
func (o outside) WithContext(context.Context) converter.DataConverter { return o }

// inside is the converter in workflow code. It panics on a payload that it cannot decrypt. The
// panic fails the workflow task, and Temporal retries the task until a worker with the key is
// available. After an error the SDK would fail the whole run, or drop the signal: a missing key
// would lose a wake.
type inside struct{ converter.DataConverter }

// FromPayload decodes one payload.
func (i inside) FromPayload(payload *commonpb.Payload, to any) error {
	return orPanic(i.DataConverter.FromPayload(payload, to))
}

// FromPayloads decodes several.
func (i inside) FromPayloads(payloads *commonpb.Payloads, to ...any) error {
	return orPanic(i.DataConverter.FromPayloads(payloads, to...))
}

func orPanic(err error) error {
	if locked, ok := errors.AsType[*LockedError](err); ok {
		panic(locked)
	}
	return err
}
