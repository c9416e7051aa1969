package activities_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

// standIn answers AssumeRole as it is told, and counts every other call.
type standIn struct {
	assume func(w http.ResponseWriter)
	others int
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err == nil && r.Form.Get("Action") == "AssumeRole" {
		s.assume(w)
		return
	}
	s.others++
	http.Error(w, "not meant to be called", http.StatusInternalServerError)
}

// session is STS's answer: credentials of an account.
func session(account string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIATEST</AccessKeyId>
<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
<AssumedRoleUser><Arn>arn:aws:sts::%s:assumed-role/tack/tack</Arn><AssumedRoleId>AROA:tack</AssumedRoleId></AssumedRoleUser>
</AssumeRoleResult></AssumeRoleResponse>`, account)
	}
}

func denied(w http.ResponseWriter) {
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not allowed</Message></Error></ErrorResponse>`)
}

// Without credentials of the very account nothing is called, and the failure is
// one that no quick retry hides.
func TestNoCallWithoutTheRightCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		assume func(http.ResponseWriter)
		target resource.Target
		code   string
	}{
		"another account's credentials": {session("222222222222"), target("111111111111"), "WrongAccount"},
		"AssumeRole denied":             {denied, target("111111111111"), "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			aws := &standIn{assume: c.assume}
			_, err := observe(t, aws, c.target)
			var application *temporal.ApplicationError
			if !errors.As(err, &application) || application.Type() != c.code || !application.NonRetryable() {
				t.Errorf("got %v, want a failure of type %s that is not retried", err, c.code)
			}
			if aws.others != 0 {
				t.Errorf("AWS was called %d times", aws.others)
			}
			if strings.Contains(fmt.Sprint(err), "ASIATEST") {
				t.Errorf("the error holds credentials: %v", err)
			}
		})
	}
}

// A target that is not complete, as while a role is missing, is never called for.
func TestNoCallWithoutATarget(t *testing.T) {
	aws := &standIn{assume: session("111111111111")}
	if _, err := observe(t, aws, resource.Target{}); err == nil || aws.others != 0 {
		t.Errorf("error %v after %d calls, want an error and none", err, aws.others)
	}
}

func target(account string) resource.Target {
	return resource.Target{Partition: "aws", AccountID: account, Region: "us-west-2", RoleARN: "arn:aws:iam::" + account + ":role/tack"}
}

// observe runs the Observe activity of a policy against a stand-in for AWS.
func observe(t *testing.T, aws http.Handler, target resource.Target) (plan resource.Plan, err error) {
	t.Helper()
	server := httptest.NewServer(aws)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	sessions, err := activities.NewSessions(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	for _, kind := range iam.Kinds() {
		kind.Register(env, &activities.Engine{Sessions: sessions, Windows: activities.DefaultWindows()})
	}
	spec := []byte(`{"name":"p","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}`)
	value, err := env.ExecuteActivity("iam.Policy/Observe", resource.ObserveInput{Object: resource.Object{Spec: spec}, Target: target})
	if err == nil {
		err = value.Get(&plan)
	}
	return plan, err
}
