package fieldtest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/golden"
)

// requests compares what the kind sends with a file of the repository, testdata/<kind>.requests. The
// file has the create of the base, the steps of each changed field, and the delete.
func (s Spec[C, W, G]) requests(t *testing.T, d kind.Definition[C, W, G], base W) {
	t.Helper()
	var table strings.Builder
	write := func(operation string, steps []resource.Step, notes []string) {
		fmt.Fprintln(&table, operation)
		for _, step := range steps {
			fmt.Fprintf(&table, "  %d %s: %s\n    %s\n", step.Stage, step.Verb, step.Summary, step.Input)
		}
		for _, note := range notes {
			fmt.Fprintf(&table, "  note: %s\n", note)
		}
	}
	write("create", sent(d, base), nil)
	for _, path := range slices.Sorted(maps.Keys(s.Change)) {
		var changed W
		s.read(t, s.Change[path], &changed)
		draft := s.planned(d, changed)
		write(path, draft.Steps, draft.Notes)
	}
	write("delete", d.Unplan(s.Got), nil)
	golden.Check(t, filepath.Join("testdata", d.Kind+".requests"), table.String())
}

// accepted checks that AWS's service model allows each request, as the SDK sends it. It also checks
// that the definition has a call for each step: the compiler does not.
func accepted[C, W, G any](t *testing.T, d kind.Definition[C, W, G], id string, steps []resource.Step) {
	t.Helper()
	service, _, _ := strings.Cut(d.Kind, ".")
	for _, step := range steps {
		calls := slices.Concat(d.Tagged.Calls, d.Calls)
		i := slices.IndexFunc(calls, func(c call.Call[C]) bool { return c.Verb == step.Verb })
		if i < 0 {
			t.Errorf("%s, %q: Calls of %s binds no call to it", step.Verb, step.Summary, d.Kind)
			continue
		}
		wire := &recorder{}
		client := d.Client(aws.Config{Region: "us-west-2", HTTPClient: wire, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "")})
		_, err := calls[i].Do(context.Background(), client, step.WithID(id).Input)
		if wire.form == nil {
			t.Errorf("%s, %q: the SDK sends no request: %v", step.Verb, step.Summary, err)
			continue
		}
		refusal, err := awsmodel.Check(service, wire.form.Get("Action"), wire.form)
		if err != nil {
			t.Fatal(err)
		}
		if refusal != nil {
			t.Errorf("%s, %q: AWS refuses the request with %s: %s", step.Verb, step.Summary, refusal.Code, refusal.Message)
		}
	}
}

// recorder keeps a request, and answers it without a body.
type recorder struct{ form url.Values }

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(req.Body)
	if err == nil {
		r.form, err = url.ParseQuery(string(raw))
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, err
}
