package dryrun

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// thing is a kind with one call of EC2, which has a dry run, and one of IAM, which has none.
type thing struct{ kind.Kind }

func (thing) Name() string { return "ec2.Thing" }

func (thing) Described() call.Described {
	client := func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) }
	return call.Describe("ec2.Thing", client, nil, []call.Call[*awsec2.Client]{
		call.Bind(call.Verb[awsec2.CreateVpcInput]("Create"), (*awsec2.Client).CreateVpc),
	})
}

func ofIAM() call.Described {
	client := func(cfg aws.Config) *awsiam.Client { return awsiam.NewFromConfig(cfg) }
	return call.Describe("iam.Thing", client, nil, []call.Call[*awsiam.Client]{
		call.Bind(call.Verb[awsiam.CreateGroupInput]("Create"), (*awsiam.Client).CreateGroup),
	})
}

// answering returns the configuration of an EC2 that answers each request with an error code; empty: as if
// the request were carried out. It fails the test if a request is not a dry run.
func answering(t *testing.T, code string) (configs Configs, asked *int) {
	t.Helper()
	asked = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked++
		if r.FormValue("DryRun") != "true" {
			t.Errorf("EC2 got %s, which is no dry run", r.Form.Encode())
		}
		if code == "" {
			_, _ = fmt.Fprint(w, `<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>`)
			return
		}
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>words of AWS</Message></Error></Errors></Response>`, code)
	}))
	t.Cleanup(server.Close)
	return func(context.Context, resource.Target) (aws.Config, error) {
		return aws.Config{
			Region: "us-west-2", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		}, nil
	}, asked
}

// Each answer of EC2 to a dry run is a permission. What EC2 does not say stays unknown, with the reason.
func TestAsk(t *testing.T) {
	refused := func(context.Context, resource.Target) (aws.Config, error) { return aws.Config{}, errors.New("no role") }
	for name, test := range map[string]struct {
		code, request string
		of            func() call.Described
		configs       Configs
		want          resource.Permission
		answer        string
		sent          int
	}{
		"allowed":            {code: "DryRunOperation", want: resource.Allowed, sent: 1},
		"lacking":            {code: "UnauthorizedOperation", want: resource.Lacking, answer: "words of AWS", sent: 1},
		"another refusal":    {code: "InvalidVpcRange", want: resource.Unknown, answer: "InvalidVpcRange: words of AWS", sent: 1},
		"carried out":        {want: resource.Unknown, answer: "AWS did not answer as to a dry run", sent: 1},
		"an id to come":      {code: "DryRunOperation", request: `{"CidrBlock":"` + resource.NewID + `"}`, want: resource.Unknown, answer: "the request needs an id that does not exist yet"},
		"another object's":   {code: "DryRunOperation", request: `{"CidrBlock":"` + resource.StandInMark + `"}`, want: resource.Unknown, answer: "the request needs an id that does not exist yet"},
		"no dry run":         {code: "DryRunOperation", of: ofIAM, want: resource.Unknown, answer: "AWS has no dry run for this call"},
		"no role to ask for": {configs: refused, want: resource.Unknown, answer: "no role"},
	} {
		t.Run(name, func(t *testing.T) {
			configs, asked := answering(t, test.code)
			if test.configs != nil {
				configs = test.configs
			}
			of := thing{}.Described
			if test.of != nil {
				of = test.of
			}
			step := resource.Step{Verb: "Create", Input: json.RawMessage(cmp.Or(test.request, `{"CidrBlock":"10.0.0.0/16"}`))}
			got, answer := ask(t.Context(), configs, of(), step, resource.Target{})
			if got != test.want || !strings.Contains(answer, test.answer) || test.answer == "" && answer != "" {
				t.Errorf("it is %s, %q; want %s, %q", got, answer, test.want, test.answer)
			}
			if *asked != test.sent {
				t.Errorf("EC2 was asked %d times, want %d", *asked, test.sent)
			}
		})
	}
}

// A plan without the flag asks nothing. With it, EC2 is asked about the first calls of a large plan only.
func TestDescribe(t *testing.T) {
	configs, asked := answering(t, "DryRunOperation")
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	Register(env, configs, thing{})
	in := resource.DescribeInput{}
	for range most + 1 {
		in.Plan.Steps = append(in.Plan.Steps, resource.Step{Verb: "Create", Input: json.RawMessage(`{"CidrBlock":"10.0.0.0/16"}`)})
	}
	for _, dry := range []bool{false, true} {
		in.DryRun = dry
		out, err := env.ExecuteActivity("ec2.Thing/"+resource.VerbDescribe, in)
		if err != nil {
			t.Fatal(err)
		}
		var calls []resource.PlannedCall
		if err := out.Get(&calls); err != nil || len(calls) != most+1 {
			t.Fatalf("it describes %d calls, want %d: %v", len(calls), most+1, err)
		}
		first, last := calls[0], calls[most]
		switch {
		case !dry && (*asked != 0 || first.Permission != ""):
			t.Errorf("without the flag, EC2 was asked %d times: %+v", *asked, first)
		case dry && (*asked != most || first.Permission != resource.Allowed || last.Permission != resource.Unknown):
			t.Errorf("EC2 was asked %d times, want %d: %+v, %+v", *asked, most, first, last)
		}
	}
}
