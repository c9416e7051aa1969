package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"go.temporal.io/api/serviceerror"
)

// A process waits while the server starts or the namespace does not exist yet, and for nothing else.
func TestAwait(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	none := fmt.Errorf("listing: %w", serviceerror.NewNamespaceNotFound("tack"))
	denied := serviceerror.NewPermissionDenied("no", "")
	for name, c := range map[string]struct {
		answers []error
		want    error
	}{
		"it is there":                {[]error{nil}, nil},
		"it appears":                 {[]error{none, serviceerror.NewUnavailable("starting"), nil}, nil},
		"the caller may not know it": {[]error{denied}, denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h Health
			asked := 0
			err := Await(t.Context(), log, &h, func(context.Context) error { asked++; return c.answers[asked-1] })
			if !errors.Is(err, c.want) || asked != len(c.answers) {
				t.Errorf("it ends with %v after %d requests, want %v after %d", err, asked, c.want, len(c.answers))
			}
			if _, text := h.page(); len(c.answers) > 1 && text != "starting: waiting for Temporal: starting" {
				t.Errorf("the page shows %q", text)
			}
		})
	}
}
