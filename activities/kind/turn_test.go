package kind_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/fairness"
	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/resource"
)

const accountA, accountB = "111111111111", "222222222222"

// accounts is a stand-in for AWS with many accounts. It counts the calls to each, and refuses one
// with the next of its codes, while any remain.
type accounts struct {
	assumed int            // roles
	calls   map[string]int // by account
	codes   map[string][]string
	says    map[string][]string // by action: bodies in order, or "!" and a code, or "!", a code, ": " and a message
	asked   []string            // the actions
}

// refusals are the shapes of an error, of EC2 and of the others.
var refusals = map[bool]string{
	true:  `<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>r</RequestID></Response>`,
	false: `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
}

func (a *accounts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("Action") == "AssumeRole" {
		a.assumed++
		account := strings.Split(r.FormValue("RoleArn"), ":")[4]
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%s</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::%[1]s:assumed-role/tack/tack</Arn><AssumedRoleId>AROA:tack</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`, account)
		return
	}
	_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=ASIA")
	account, _, _ := strings.Cut(key, "/")
	a.calls[account]++
	a.asked = append(a.asked, r.FormValue("Action"))
	if says := a.says[r.FormValue("Action")]; len(says) > 0 {
		if len(says) > 1 {
			a.says[r.FormValue("Action")] = says[1:] // the last one stays
		}
		if code, refused := strings.CutPrefix(says[0], "!"); refused {
			w.WriteHeader(http.StatusBadRequest)
			code, message, _ := strings.Cut(code, ": ")
			fmt.Fprintf(w, refusals[strings.Contains(r.Header.Get("Authorization"), "/ec2/")], code, html.EscapeString(cmp.Or(message, "m")))
			return
		}
		fmt.Fprint(w, says[0])
		return
	}
	codes := a.codes[account]
	if len(codes) == 0 {
		fmt.Fprintf(w, `<%sResponse/>`, r.FormValue("Action"))
		return
	}
	a.codes[account] = codes[1:]
	if codes[0] == "" {
		fmt.Fprintf(w, `<%sResponse/>`, r.FormValue("Action"))
		return
	}
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>`, codes[0])
}

// crew is an engine with a kind of two calls, registered.
type crew struct {
	*kind.Engine
	env   *testsuite.TestActivityEnvironment
	aws   *accounts
	names []string // of the activities that call AWS
}

const (
	monitor = "ec2.Instance/Monitor"
	reboot  = "ec2.Instance/Reboot"
)

func newCrew(t *testing.T, perAccount int, kinds ...kind.Kind) *crew {
	t.Helper()
	c := &crew{aws: &accounts{calls: map[string]int{}, codes: map[string][]string{}}}
	server := httptest.NewServer(c.aws)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	sessions, err := session.New(t.Context(), session.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	c.Engine = &kind.Engine{Sessions: sessions, Windows: windows.Default(), Turns: fairness.Turns{PerAccount: perAccount}}
	c.env = (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	for _, served := range kinds {
		for _, name := range served.Register(c.env, c.Engine) {
			if !strings.HasSuffix(name, "/"+resource.VerbValidate) {
				c.names = append(c.names, name)
			}
		}
	}
	return c
}

func someKind() kind.Kind {
	return kind.Definition[*awsec2.Client, any, any]{
		Kind:   "ec2.Instance",
		Client: func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) },
		Calls: []call.Call[*awsec2.Client]{
			call.Bind("Monitor", (*awsec2.Client).MonitorInstances),
			call.Bind("Reboot", (*awsec2.Client).RebootInstances),
		},
	}
}

func (c *crew) run(activity, account string) error {
	_, err := c.env.ExecuteActivity(activity, resource.CallInput{Target: target(account), Request: json.RawMessage(`{"InstanceIds":["i-1"]}`)})
	return err
}

// rests reports whether a call of the account would have to wait, and how long. The context has
// ended, so the check does not wait.
func (c *crew) rests(activity, account string) (time.Duration, bool) {
	ended, end := context.WithCancel(context.Background())
	end()
	place := target(account)
	leave, wait := c.Turns.Take(ended, fairness.Bucket{Account: place.AccountID, Region: place.Region, Call: activity}, 1)
	if leave == nil {
		return wait, true
	}
	leave()
	return 0, false
}

// wantBusy checks that an attempt gave its slot back: Temporal should retry it, after a while.
func wantBusy(t *testing.T, name string, err error, code string, atLeast time.Duration) {
	t.Helper()
	var application *temporal.ApplicationError
	if !errors.As(err, &application) || application.Type() != code || application.NonRetryable() {
		t.Fatalf("%s: %v, want a failure of type %s that is retried", name, err, code)
	}
	if after := application.NextRetryDelay(); after <= atLeast {
		t.Errorf("%s is tried again after %s, want more than %s", name, after, atLeast)
	}
}

// While an account has its share of calls in flight, every other activity for it gives back its
// slot. It calls nothing, not even for credentials. Another account's calls go through meanwhile,
// and its own when it is its turn again.
func TestAnAccountHasItsShare(t *testing.T) {
	c := newCrew(t, 1, append(ec2.Kinds(), iam.Kinds()...)...)
	place := target(accountA)
	leave, _ := c.Turns.Take(t.Context(), fairness.Bucket{Account: place.AccountID, Region: "eu-west-1", Call: "another"}, 1)
	if leave == nil {
		t.Fatal("the first call did not get its turn")
	}
	for _, name := range c.names {
		wantBusy(t, name, c.run(name, accountA), "AccountBusy", 0)
	}
	if len(c.names) < 100 || c.aws.assumed+c.aws.calls[accountA] != 0 {
		t.Errorf("for %d activities a role was assumed %d times, and AWS called %d times", len(c.names), c.aws.assumed, c.aws.calls[accountA])
	}
	for range 2 { // the second would miss a turn that was not given back
		if err := c.run(monitor, accountB); err != nil {
			t.Errorf("another account's call: %v", err)
		}
	}
	leave()
	for range 2 {
		if err := c.run(monitor, accountA); err != nil {
			t.Errorf("in its turn: %v", err)
		}
	}
	if c.aws.calls[accountA] != 2 || c.aws.calls[accountB] != 2 {
		t.Errorf("AWS was called %v, want twice for each account", c.aws.calls)
	}
}

// A call that AWS continues to throttle gives back its slot when it would have to wait for more
// than a moment. Another call of the account goes through at once, and so does another account's.
func TestAThrottledCallGivesItsSlotBack(t *testing.T) {
	c := newCrew(t, 0, someKind())
	c.aws.codes[accountA] = []string{"RequestLimitExceeded", "RequestLimitExceeded"}
	for range 2 { // the second waits for a moment, in the worker
		var application *temporal.ApplicationError
		if err := c.run(monitor, accountA); !errors.As(err, &application) || application.Type() != "RequestLimitExceeded" || application.NonRetryable() {
			t.Fatalf("%v, want AWS's refusal, to be tried again", err)
		}
	}
	wantBusy(t, monitor, c.run(monitor, accountA), "RequestLimitExceeded", time.Second)
	if c.aws.calls[accountA] != 2 {
		t.Errorf("AWS was called %d times, want 2", c.aws.calls[accountA])
	}
	if err := errors.Join(c.run(monitor, accountB), c.run(reboot, accountA)); err != nil {
		t.Errorf("who is not throttled: %v", err)
	}
	if c.aws.calls[accountA] != 3 || c.aws.calls[accountB] != 1 {
		t.Errorf("AWS was called %v, want one more of either account", c.aws.calls)
	}
}

// After AWS carries out a call, the next throttling counts as the first again.
func TestAnAnswerEndsTheThrottling(t *testing.T) {
	c := newCrew(t, 0, someKind())
	c.aws.codes[accountA] = []string{"RequestLimitExceeded", "", "RequestLimitExceeded"}
	for i, fails := range []bool{true, false, true} {
		if err := c.run(monitor, accountA); (err != nil) != fails {
			t.Fatalf("call %d: %v", i+1, err)
		}
	}
	if wait, resting := c.rests(monitor, accountA); !resting || wait > time.Second {
		t.Errorf("its calls rest: %t, for %s, want a second at the most", resting, wait)
	}
}

// An account's calls pause when AWS asks for fewer of them, not when it asks for patience with one
// resource.
func TestWhatMakesAnAccountRest(t *testing.T) {
	c := newCrew(t, 0, someKind())
	for i, test := range []struct {
		code string
		want bool
	}{
		{"RequestLimitExceeded", true}, {"Throttling", true}, {"ThrottlingException", true}, {"EC2ThrottledException", true},
		{"RequestThrottled", true}, {"TooManyRequestsException", true}, {"SlowDown", true},
		{"ConcurrentTagAccess", false}, {"PriorRequestNotComplete", false}, {"DependencyViolation", false}, {"UnauthorizedOperation", false},
	} {
		account := fmt.Sprintf("%012d", 300000000000+i)
		c.aws.codes[account] = []string{test.code}
		var application *temporal.ApplicationError
		if err := c.run(monitor, account); !errors.As(err, &application) || application.Type() != test.code {
			t.Fatalf("%v, want %s", err, test.code)
		}
		if _, resting := c.rests(monitor, account); resting != test.want {
			t.Errorf("after %s its calls rest: %t, want %t", test.code, resting, test.want)
		}
	}
}
