package kind_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
	"github.com/tack-dev/tack/resource"
)

// defined is the interface that export_test.go adds to a definition.
type defined interface {
	Missing() []string
	Tagless() bool
	Unnamed() bool
	Probe(ctx context.Context, cfg aws.Config, spec json.RawMessage, id string, owner resource.Owner, tags []string) error
}

// Each kind that has an API is defined, and lacks no function that the engine calls.
func TestDefinitionsAreComplete(t *testing.T) {
	kinds := slices.Concat(ec2.Kinds(), iam.Kinds())
	for _, served := range kinds {
		for _, name := range served.(defined).Missing() {
			t.Errorf("%s: its definition lacks %s", served.Name(), name)
		}
	}
	for _, served := range apis.Kinds() {
		if !slices.ContainsFunc(kinds, func(k kind.Kind) bool { return k.Name() == served.Name() }) {
			t.Errorf("%s has an API, and is not in activities/%s/kinds.go", served.Name(), served.Service)
		}
	}
}

// An adoption that names no resource finds what AWS keeps unique. Each kind has a look-up by it, or is of
// IAM, whose Find reads by the name or the URL of the spec.
func TestWhatAWSKeepsUniqueIsFound(t *testing.T) {
	for _, served := range slices.Concat(ec2.Kinds(), iam.Kinds()) {
		if served.(defined).Unnamed() && !strings.HasPrefix(served.Name(), "iam.") {
			t.Errorf("%s: its definition has Unique and lacks Named", served.Name())
		}
	}
}

// recorder keeps each request and answers that nothing exists: with an empty list, or as IAM
// answers for an unknown name.
type recorder struct{ forms []url.Values }

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, err
	}
	r.forms = append(r.forms, form)
	action := form.Get("Action")
	status, body := http.StatusOK, fmt.Sprintf("<%sResponse><%sResult/></%sResponse>", action, action, action)
	if strings.HasPrefix(action, "Get") {
		status, body = http.StatusNotFound, "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>"
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/xml"}}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// The filters that a kind reads by, and the call that removes its tags, exist in AWS's service
// model. With moto, a filter that AWS does not have is ignored, and a look-up by it finds
// resources of others.
func TestReadsAndUntagAreAsAWSHasThem(t *testing.T) {
	owner := resource.Owner{Install: "dev", Ref: resource.Ref{Kind: "k", Cluster: "c", Namespace: "ns", Name: "n"}}
	const key = "a-key-of-ours"
	for _, served := range slices.Concat(ec2.Kinds(), iam.Kinds()) {
		t.Run(served.Name(), func(t *testing.T) {
			if missing := served.(defined).Missing(); len(missing) > 0 {
				t.Skip("it is not complete")
			}
			service, name, _ := strings.Cut(served.Name(), ".")
			id := "x-0123456789abcdef0"
			if service == "iam" {
				id = "arn:aws:iam::111111111111:" + strings.ToLower(name) + "/x"
			}
			r := &recorder{}
			cfg := aws.Config{Region: "us-west-2", HTTPClient: r, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "")}
			if err := served.(defined).Probe(t.Context(), cfg, sampleSpec(t, service, name), id, owner, []string{key}); err != nil {
				t.Fatal(err)
			}
			byOwner, untagged := false, served.(defined).Tagless()
			for _, form := range r.forms {
				refusal, err := awsmodel.Check(service, form.Get("Action"), form)
				if err != nil {
					t.Fatal(err)
				}
				if refusal != nil {
					t.Errorf("AWS refuses %s with %s: %s", form.Encode(), refusal.Code, refusal.Message)
				}
				byOwner = byOwner || findsTheOwners(form)
			}
			// The last request releases the resource: it removes exactly that key.
			if last := r.forms[len(r.forms)-1]; strings.Count(last.Encode(), key) == 1 && !strings.HasPrefix(last.Get("Action"), "Describe") {
				untagged = true
			}
			if !untagged {
				t.Errorf("Untag does not name the key that goes: %v", r.forms[len(r.forms)-1])
			}
			if service == "ec2" && !byOwner {
				t.Error("no lookup is by the owner's tag")
			}
		})
	}
}

// findsTheOwners reports whether a request selects by the owner's tag, or reads a whole list because
// AWS has no filter on its tags.
func findsTheOwners(form url.Values) bool {
	if form.Get("Filter.1.Name") == "tag:"+resource.TagOwner {
		return true
	}
	if !strings.HasPrefix(form.Get("Action"), "Describe") || form.Has("Filter.1.Name") {
		return false
	}
	tagged := maps.Clone(form)
	tagged.Set("Filter.1.Name", "tag:"+resource.TagOwner)
	tagged.Set("Filter.1.Value.1", "x")
	refusal, err := awsmodel.Check("ec2", form.Get("Action"), tagged)
	return err == nil && refusal != nil
}

// sampleSpec returns the spec of the kind's sample manifest.
func sampleSpec(t *testing.T, service, name string) json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "config", "samples", service+"_"+strings.ToLower(name)+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(raw), "\n---") {
		var o struct {
			Kind string
			Spec json.RawMessage
		}
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			t.Fatal(err)
		}
		if o.Kind == name {
			return o.Spec
		}
	}
	t.Fatalf("the sample of %s.%s does not hold one", service, name)
	return nil
}
