package kind_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/resource"
)

// standIn answers AssumeRole as configured, and counts every other call.
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

// sessionOf returns STS's answer: credentials of an account.
func sessionOf(account string) func(http.ResponseWriter) {
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

// Without credentials of the right account nothing is called, and the failure is one that no quick
// retry hides.
func TestNoCallWithoutTheRightCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		assume func(http.ResponseWriter)
		target resource.Target
		code   string
	}{
		"another account's credentials": {sessionOf("222222222222"), target("111111111111"), "WrongAccount"},
		"AssumeRole denied":             {denied, target("111111111111"), "RoleDenied"},
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

// AWS's message about user data may repeat it; what leaves the activity does not.
func TestRefusalRepeatsNoSecret(t *testing.T) {
	const data = "ZXhwb3J0IFBBU1NXT1JEPWh1bnRlcjI="
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err == nil && r.Form.Get("Action") == "AssumeRole" {
			sessionOf("111111111111")(w)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `<Response><Errors><Error><Code>InvalidUserData.Malformed</Code><Message>cannot read %s</Message></Error></Errors><RequestID>r</RequestID></Response>`, r.Form.Get("UserData"))
	}))
	t.Cleanup(server.Close)
	served := kind.Definition[*awsec2.Client, any, any]{
		Kind:    "ec2.Instance",
		Client:  func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) },
		Calls:   []call.Call[*awsec2.Client]{call.Bind("Run", (*awsec2.Client).RunInstances)},
		Secrets: []string{"UserData"},
	}
	_, err := execute(t, served, server.URL, "ec2.Instance/Run", resource.CallInput{Target: target("111111111111"), Request: []byte(`{"MinCount":1,"MaxCount":1,"UserData":"` + data + `"}`)})
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || application.Type() != "InvalidUserData.Malformed" || !strings.Contains(application.Error(), "it repeats a secret field") {
		t.Fatalf("got %v", err)
	}
	var failure resource.Failure
	if err := application.Details(&failure); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v", err, failure); strings.Contains(text, data) {
		t.Errorf("it repeats the data: %s", text)
	}
}

// While AWS gives no credentials, Await retries within a minute, without help.
func TestAwaitWaitsToBeLetIn(t *testing.T) {
	aws := &standIn{assume: denied}
	_, err := ask(t, aws, target("111111111111"), resource.VerbAwait)
	var application *temporal.ApplicationError
	if !errors.As(err, &application) || application.Type() != resource.ReasonRoleDenied || application.NonRetryable() {
		t.Fatalf("got %v, want a failure of type RoleDenied that is retried", err)
	}
	if after := application.NextRetryDelay(); after <= 0 || after > time.Minute {
		t.Errorf("it is tried again after %s, want within a minute", after)
	}
}

// An incomplete target, for example without a role, gets no calls.
func TestNoCallWithoutATarget(t *testing.T) {
	aws := &standIn{assume: sessionOf("111111111111")}
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
	return ask(t, aws, target, resource.VerbObserve)
}

func ask(t *testing.T, aws http.Handler, target resource.Target, verb string) (plan resource.Plan, err error) {
	t.Helper()
	server := httptest.NewServer(aws)
	t.Cleanup(server.Close)
	spec := []byte(`{"name":"p","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}`)
	value, err := execute(t, kindOf("iam.Policy"), server.URL, "iam.Policy/"+verb, resource.ObserveInput{Object: resource.Object{Spec: spec}, Target: target})
	if err == nil {
		err = value.Get(&plan)
	}
	return plan, err
}

// execute runs one activity of a kind against a stand-in for AWS.
func execute(t *testing.T, served kind.Kind, endpoint, name string, in any) (converter.EncodedValue, error) {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	sessions, err := session.New(t.Context(), session.Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	served.Register(env, &kind.Engine{Sessions: sessions, Windows: windows.Default()})
	return env.ExecuteActivity(name, in)
}

// A resource that comes to wait for something else ends the wait, so that the object reports it.
func TestAwaitEndsWithAnotherReason(t *testing.T) {
	owner := resource.Owner{Install: "i", Ref: resource.Ref{Cluster: "c", Kind: "ec2.VPCPeeringConnection", Namespace: "n", Name: "a"}, UID: "u"}
	for state, want := range map[string]string{"initiating-request": "", "pending-acceptance": resource.ReasonPendingAcceptance} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err == nil && r.Form.Get("Action") == "AssumeRole" {
				sessionOf("111111111111")(w)
				return
			}
			fmt.Fprintf(w, `<DescribeVpcPeeringConnectionsResponse><vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><status><code>%s</code></status>`, state)
			fmt.Fprint(w, `<tagSet>`)
			for key, value := range tagging.Wanted(nil, owner, 1, nil) {
				fmt.Fprintf(w, `<item><key>%s</key><value>%s</value></item>`, key, value)
			}
			fmt.Fprint(w, `</tagSet></item></vpcPeeringConnectionSet></DescribeVpcPeeringConnectionsResponse>`)
		}))
		t.Cleanup(server.Close)
		in := resource.ObserveInput{Target: target("111111111111"), EndToReport: true, Reported: resource.ReasonPending, Object: resource.Object{
			Owner: owner, Spec: []byte(`{"vpcID":"vpc-1","peerVPCID":"vpc-2"}`), Claim: &resource.Claim{ID: "pcx-1", Incarnation: 1},
		}}
		var plan resource.Plan
		value, err := execute(t, kindOf("ec2.VPCPeeringConnection"), server.URL, "ec2.VPCPeeringConnection/Await", in)
		if err == nil {
			err = value.Get(&plan)
		}
		switch {
		case want == "" && err == nil:
			t.Errorf("%s: it ends with %+v", state, plan)
		case want != "" && (err != nil || plan.Wait == nil || plan.Wait.Reason != want):
			t.Errorf("%s: it ends with %+v, %v; want the reason %s", state, plan, err, want)
		}
	}
}

func kindOf(name string) kind.Kind {
	for _, served := range append(ec2.Kinds(), iam.Kinds()...) {
		if served.Name() == name {
			return served
		}
	}
	panic("no kind " + name)
}
