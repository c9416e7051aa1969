package encryption

import (
	"errors"
	"flag"
	"strings"
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

// Values go through the converter and back, in activities and in workflows.
func TestConverter(t *testing.T) {
	keys := parse(t, line("a", "x"))
	for name, c := range map[string]converter.DataConverter{
		"outside":  keys.DataConverter(),
		"workflow": keys.DataConverter().(converter.ContextAware).WithWorkflowContext(nil),
		"activity": keys.DataConverter().(converter.ContextAware).WithContext(t.Context()),
	} {
		p, err := c.ToPayloads(marker, 7)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(p.GetPayloads()[1].GetMetadata()[converter.MetadataEncoding]); got != encoding {
			t.Errorf("%s: encoded as %s", name, got)
		}
		var text string
		var number int
		if err := keys.DataConverter().FromPayloads(p, &text, &number); err != nil || text != marker || number != 7 {
			t.Errorf("%s: got %q, %d, %v", name, text, number, err)
		}
	}
}

// In workflow code a payload that cannot be decrypted must not become an error: the SDK would fail
// the run, or drop the signal. A payload of the wrong type does become an error.
func TestLockedInWorkflowCode(t *testing.T) {
	encrypted, err := parse(t, line("a", "x")).DataConverter().ToPayloads(marker)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	without := Keys{}.DataConverter()
	wantLocked(t, without.FromPayloads(encrypted, &text), "--payload-keys")

	inside := without.(converter.ContextAware).WithWorkflowContext(nil)
	wantPanic(t, func() error { return inside.FromPayloads(encrypted, &text) })
	wantPanic(t, func() error { return inside.FromPayload(encrypted.GetPayloads()[0], &text) })
	plain, err := inside.ToPayload(marker)
	if err != nil {
		t.Fatal(err)
	}
	var number int
	if err := inside.FromPayload(plain, &number); err == nil {
		t.Error("a text was read as a number")
	}
}

func wantPanic(t *testing.T, f func() error) {
	t.Helper()
	defer func() {
		err, _ := recover().(error)
		wantLocked(t, err, "--payload-keys")
	}()
	t.Errorf("it returned %v", f())
}

func TestFlag(t *testing.T) {
	f := flag.NewFlagSet("program", flag.ContinueOnError)
	path := Flag(f)
	if *path != "" {
		t.Errorf("it is %q by default, want off", *path)
	}
	if err := f.Parse([]string{"--payload-keys=k"}); err != nil || *path != "k" {
		t.Errorf("got %q, %v", *path, err)
	}
}

// A failure's message can be read without the key; its details cannot.
func TestFailures(t *testing.T) {
	keys := parse(t, line("a", "1"))
	failed := temporal.NewApplicationErrorWithOptions("waiting for a role", "RoleNotMapped", temporal.ApplicationErrorOptions{Details: []any{"the details"}})
	failure := keys.FailureConverter().ErrorToFailure(failed)
	if got := failure.GetMessage(); got != "waiting for a role" {
		t.Errorf("the message is %q", got)
	}
	if text := failure.String(); strings.Contains(text, "the details") {
		t.Errorf("the details are in clear: %s", text)
	}
	read := func(k Keys) (details string) {
		application, ok := errors.AsType[*temporal.ApplicationError](k.FailureConverter().FailureToError(failure))
		if !ok || application.Details(&details) != nil {
			t.Error("the details cannot be read back")
		}
		return details
	}
	if got := read(keys); got != "the details" {
		t.Errorf("the details are %q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a missing key goes unnoticed: a workflow would mistake the failure for a different one")
		}
	}()
	read(parse(t, line("b", "2")))
}
