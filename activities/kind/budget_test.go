package kind_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/aws/budget"
	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// creatable is a kind with a create.
func creatable() kind.Kind {
	create := call.Create((*awsec2.Client).CreateVpc, func(out *awsec2.CreateVpcOutput) (id, arn string) { return aws.ToString(out.Vpc.VpcId), "" })
	return kind.Definition[*awsec2.Client, any, any]{
		Kind:   "ec2.VPC",
		Client: func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) },
		Calls:  call.All[*awsec2.Client](create),
	}
}

// A create that its rate budget denies was not sent. Its outcome is clear, so Temporal retries it
// when its token comes, like a call that AWS throttled.
func TestACreateThatItsBudgetDenies(t *testing.T) {
	const makeVPC = "ec2.VPC/Create"
	c := newCrew(t, 0, creatable())
	c.aws.says = map[string][]string{"CreateVpc": {`<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>`}}
	sessions, err := session.New(t.Context(), session.Options{Name: "test", Budgets: budget.New(0.001)}) // one token, and the next after minutes
	if err != nil {
		t.Fatal(err)
	}
	c.Sessions = sessions
	create := func(account string) error {
		_, err := c.env.ExecuteActivity(makeVPC, resource.CallInput{Target: target(account), Request: json.RawMessage(`{"CidrBlock":"10.0.0.0/16"}`)})
		return err
	}
	if err := create(accountA); err != nil {
		t.Fatal(err)
	}
	sent := c.aws.calls[accountA]
	application, ok := errors.AsType[*temporal.ApplicationError](create(accountA))
	if !ok {
		t.Fatal("the second create is not denied")
	}
	var f resource.Failure
	if err := application.Details(&f); err != nil {
		t.Fatal(err)
	}
	if f.Class != resource.Throttled || f.Code != resource.ReasonRateBudget || application.NonRetryable() ||
		application.NextRetryDelay() <= 0 || application.Category() != temporal.ApplicationErrorCategoryBenign {
		t.Errorf("it ends with %+v, retried after %s, category %v", f, application.NextRetryDelay(), application.Category())
	}
	if got := c.aws.calls[accountA]; got != sent {
		t.Errorf("AWS got %d calls", got-sent)
	}
	if err := create(accountB); err != nil {
		t.Errorf("another account waits too: %v", err)
	}
}
