package session

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

var here = resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2", RoleARN: "arn:aws:iam::111111111111:role/tack"}

func newSessions(t *testing.T, s *standIn, o Options) *Sessions {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	sessions, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}

// Requests to STS: the session's name identifies the cluster, and a role that assumes a role asks
// for an hour at most.
func TestWhatIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		token   string // of the worker's own credentials
		options Options
		want    map[string]string
	}{
		"a user":              {"", Options{Name: "tack"}, map[string]string{"RoleSessionName": "tack", "DurationSeconds": "3600", "ExternalId": ""}},
		"a user, for longer":  {"", Options{Name: "tack", Duration: 12 * time.Hour, ExternalID: "e"}, map[string]string{"DurationSeconds": "43200", "ExternalId": "e"}},
		"a role":              {"token", Options{Name: "tack", Duration: 12 * time.Hour}, map[string]string{"DurationSeconds": "3600"}},
		"a role, for shorter": {"token", Options{Name: "tack", Duration: 15 * time.Minute}, map[string]string{"DurationSeconds": "900"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_SESSION_TOKEN", c.token)
			aws := &standIn{}
			if _, err := newSessions(t, aws, c.options).Config(t.Context(), here); err != nil {
				t.Fatal(err)
			}
			for key, want := range c.want {
				if got := aws.asked[0].Get(key); got != want {
					t.Errorf("%s is %q, want %q", key, got, want)
				}
			}
		})
	}
	if _, err := New(t.Context(), Options{Duration: 13 * time.Hour}); err == nil || !strings.Contains(err.Error(), "--role-session-duration") {
		t.Errorf("13 hours: %v", err)
	}
}

func TestSessionName(t *testing.T) {
	s := &Sessions{options: Options{Name: "tack"}}
	for cluster, want := range map[string]string{
		"": "tack", "prod": "tack-prod", "eu/west:1": "tack-eu-west-1", strings.Repeat("x", 59): "tack-" + strings.Repeat("x", 59),
		// Names are cut at 64 characters and distinguished by a hash.
		strings.Repeat("x", 80): "tack-" + strings.Repeat("x", 50) + "-cf8b239b", strings.Repeat("x", 79) + "y": "tack-" + strings.Repeat("x", 50) + "-45f9a3ef", "ü": "tack--",
	} {
		if got := s.sessionName(cluster); got != want {
			t.Errorf("cluster %q: %q, want %q", cluster, got, want)
		}
	}
}

// Anyone who can write to Temporal can name any role: the worker decides.
func TestRolesThatAreAllowed(t *testing.T) {
	aws := &standIn{}
	o := Options{Name: "tack"}
	for _, pattern := range []string{"arn:aws:iam::*:role/tack", "prod=arn:aws:iam::222222222222:role/a=b"} {
		if err := o.Roles.Set(pattern); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Endpoints.Set("https://*.vpce.amazonaws.com"); err != nil {
		t.Fatal(err)
	}
	s := newSessions(t, aws, o)
	for name, c := range map[string]struct {
		cluster, role, endpoint, code string
	}{
		"allowed":                      {"dev", "arn:aws:iam::111111111111:role/tack", "", ""},
		"another role":                 {"dev", "arn:aws:iam::111111111111:role/admin", "", resource.ReasonRoleNotAllowed},
		"a longer name":                {"dev", "arn:aws:iam::111111111111:role/tack-admin", "", resource.ReasonRoleNotAllowed},
		"for another cluster":          {"dev", "arn:aws:iam::222222222222:role/a=b", "", resource.ReasonRoleNotAllowed},
		"for this cluster":             {"prod", "arn:aws:iam::222222222222:role/a=b", "", ""},
		"an endpoint":                  {"dev", "arn:aws:iam::111111111111:role/tack", "https://a.vpce.amazonaws.com", ""},
		"an endpoint that is not ours": {"dev", "arn:aws:iam::111111111111:role/tack", "https://evil.example", resource.ReasonEndpointNotAllowed},
	} {
		err := s.allowed(c.cluster, resource.Target{RoleARN: c.role, Endpoint: c.endpoint})
		denial, _ := errors.AsType[awserror.Denial](err)
		if denial.Code != c.code {
			t.Errorf("%s: got %v, want code %q", name, err, c.code)
		}
	}
	bad := here
	bad.RoleARN = "arn:aws:iam::111111111111:role/admin"
	if _, err := s.Config(t.Context(), bad); err == nil || len(aws.asked) > 0 {
		t.Errorf("%v after %d calls of AssumeRole, want an error after none", err, len(aws.asked))
	}
	for _, text := range []string{"", "=", "prod="} {
		if err := new(Roles).Set(text); err == nil {
			t.Errorf("the pattern %q is taken", text)
		}
	}
}

// The endpoint of a namespace applies to the calls, not to AssumeRole.
func TestEndpoint(t *testing.T) {
	aws := &standIn{}
	o := Options{Name: "tack"}
	if err := o.Endpoints.Set("https://*"); err != nil {
		t.Fatal(err)
	}
	target := here
	target.Endpoint = "https://other.example"
	cfg, err := newSessions(t, aws, o).Config(t.Context(), target)
	if err != nil || cfg.BaseEndpoint == nil || *cfg.BaseEndpoint != target.Endpoint || len(aws.asked) != 1 {
		t.Errorf("got %v, endpoint %v after %d AssumeRole", err, cfg.BaseEndpoint, len(aws.asked))
	}
}
