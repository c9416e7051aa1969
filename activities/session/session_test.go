package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/awserror"
	"github.com/tack-dev/tack/resource"
)

// standIn answers AssumeRole as it is told, and keeps what it was asked.
type standIn struct {
	mu    sync.Mutex
	asked []url.Values
	deny  bool
	lasts time.Duration // of the credentials
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.asked = append(s.asked, r.Form)
	if s.deny {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>`)
		return
	}
	fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%d</AccessKeyId><SecretAccessKey>very-secret</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/tack/x</Arn>
<AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`, len(s.asked), time.Now().Add(s.lasts).UTC().Format(time.RFC3339))
}

var here = resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2", RoleARN: "arn:aws:iam::111111111111:role/tack"}

func newSessions(t *testing.T, s *standIn, o Options) *Sessions {
	t.Helper()
	if s.lasts == 0 {
		s.lasts = time.Hour
	}
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

// Credentials are kept per role and Region, renewed before their end, and dropped
// when they expired.
func TestCredentialsAreKept(t *testing.T) {
	aws := &standIn{}
	s := newSessions(t, aws, Options{Name: "tack"})
	get := func(target resource.Target) string {
		t.Helper()
		cfg, err := s.Config(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cfg.Credentials.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got.AccessKeyID + " " + cfg.Region
	}
	there := here
	there.Region = "eu-west-1"
	var got []string
	for _, target := range []resource.Target{here, here, there, here} {
		got = append(got, get(target))
	}
	s.Forget(t.Context(), here)
	got = append(got, get(here), get(there))
	want := []string{"ASIA1 us-west-2", "ASIA1 us-west-2", "ASIA2 eu-west-1", "ASIA1 us-west-2", "ASIA3 us-west-2", "ASIA2 eu-west-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	aws.lasts = early / 4 // sooner over than they are to be renewed
	s.Forget(t.Context(), here)
	if first, second := get(here), get(here); first == second {
		t.Errorf("credentials about to end are given out again: %s", first)
	}
}

// What is asked of STS: the session's name tells the cluster, and a role that
// assumes a role asks for an hour at the most.
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
		"": "tack", "prod": "tack-prod", "eu/west:1": "tack-eu-west-1", strings.Repeat("x", 80): "tack-" + strings.Repeat("x", 59), "ü": "tack--",
	} {
		if got := s.sessionName(cluster); got != want {
			t.Errorf("cluster %q: %q, want %q", cluster, got, want)
		}
	}
}

// However many ask at once, and in however many Regions, a role that is denied is
// asked for once in a while, and the answer says what to do.
func TestDeniedIsAskedOnce(t *testing.T) {
	aws := &standIn{deny: true}
	s := newSessions(t, aws, Options{Name: "tack"})
	var asking sync.WaitGroup
	for i := range 100 {
		asking.Go(func() {
			target := here
			target.Region = fmt.Sprintf("r-%d", i%5)
			_, err := s.Config(t.Context(), target)
			var denial awserror.Denial
			if !errors.As(err, &denial) || denial.Code != awserror.RoleDenied || denial.Again <= 0 || denial.Again > time.Minute {
				t.Errorf("got %v, want a denial to come back to within a minute", err)
			}
			if text := fmt.Sprint(err); !strings.Contains(text, "AccessDenied: not you") || !strings.Contains(text, "trust policy") {
				t.Errorf("it says %q", text)
			}
		})
	}
	asking.Wait()
	if len(aws.asked) != 1 {
		t.Errorf("AssumeRole was called %d times, want once", len(aws.asked))
	}
	aws.deny = false
	s.role("", here).until = time.Now() // the patience is over
	if _, err := s.Config(t.Context(), here); err != nil {
		t.Errorf("let in: %v", err)
	}
}

// Whoever can write to Temporal can name any role: the worker has the last word.
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
		"another role":                 {"dev", "arn:aws:iam::111111111111:role/admin", "", awserror.RoleNotAllowed},
		"a longer name":                {"dev", "arn:aws:iam::111111111111:role/tack-admin", "", awserror.RoleNotAllowed},
		"for another cluster":          {"dev", "arn:aws:iam::222222222222:role/a=b", "", awserror.RoleNotAllowed},
		"for this cluster":             {"prod", "arn:aws:iam::222222222222:role/a=b", "", ""},
		"an endpoint":                  {"dev", "arn:aws:iam::111111111111:role/tack", "https://a.vpce.amazonaws.com", ""},
		"an endpoint that is not ours": {"dev", "arn:aws:iam::111111111111:role/tack", "https://evil.example", awserror.EndpointNotAllowed},
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
		if err := new(Patterns).Set(text); err == nil {
			t.Errorf("the pattern %q is taken", text)
		}
	}
}

// The endpoint of a namespace is for the calls, not for AssumeRole.
func TestEndpoint(t *testing.T) {
	aws := &standIn{}
	o := Options{Name: "tack"}
	if err := o.Endpoints.Set("*"); err != nil {
		t.Fatal(err)
	}
	target := here
	target.Endpoint = "https://other.example"
	cfg, err := newSessions(t, aws, o).Config(t.Context(), target)
	if err != nil || cfg.BaseEndpoint == nil || *cfg.BaseEndpoint != target.Endpoint || len(aws.asked) != 1 {
		t.Errorf("got %v, endpoint %v after %d AssumeRole", err, cfg.BaseEndpoint, len(aws.asked))
	}
}

// One account has its share, and no more; another's calls do not wait for it.
func TestTurns(t *testing.T) {
	turns := &Turns{PerAccount: 2}
	a, b := Bucket{Account: "a", Call: "x"}, Bucket{Account: "b", Call: "x"}
	take := func(in Bucket, attempt int) (func(), time.Duration) { return turns.Take(t.Context(), in, attempt) }
	first, _ := take(a, 1)
	second, _ := take(a, 1)
	if third, wait := take(a, 1); third != nil || wait <= 0 || wait > 2*time.Second {
		t.Errorf("a third of two, after %s", wait)
	}
	if _, wait := take(a, 40); wait < 5*time.Second || wait > 15*time.Second {
		t.Errorf("who asks for the fortieth time comes back after %s", wait)
	}
	if other, _ := take(b, 1); other == nil {
		t.Error("another account has to wait")
	}
	first()
	if third, _ := take(a, 1); third == nil {
		t.Error("a slot that was given back is not to be had")
	}
	second()
}

// A bucket that AWS throttles rests, longer each time, and only that bucket; who
// would wait for long gives his slot back.
func TestThrottledBuckets(t *testing.T) {
	turns := &Turns{}
	a, other := Bucket{"a", "r", "x"}, Bucket{"a", "r", "y"}
	var rests []time.Duration
	for range 6 {
		turns.Throttled(a)
		turns.Throttled(a) // one that was under way at the same time
		rests = append(rests, turns.paused[a].rest)
		turns.paused[a].until = time.Now().Add(-time.Nanosecond)
	}
	want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 16 * time.Second}
	if !slices.Equal(rests, want) {
		t.Errorf("it rests %v, want %v", rests, want)
	}
	turns.Throttled(a)
	if leave, wait := turns.Take(t.Context(), a, 1); leave != nil || wait < 10*time.Second {
		t.Errorf("a call in a bucket at rest: wait %s", wait)
	}
	if leave, _ := turns.Take(t.Context(), other, 1); leave == nil {
		t.Error("another bucket rests, too")
	}
	turns.Answered(a)
	if leave, _ := turns.Take(t.Context(), a, 1); leave == nil {
		t.Error("it rests after an answer")
	}
	turns.Throttled(other)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if leave, _ := turns.Take(ended, other, 1); leave != nil {
		t.Error("a call whose attempt is over goes on")
	}
}
