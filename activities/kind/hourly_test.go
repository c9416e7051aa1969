package kind_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

// heldThings are resources of each kind whose deletion waits because a read shows a holder. verb is
// the step that AWS refuses meanwhile.
var heldThings = map[string]struct {
	kind, id, spec, verb string
	says                 map[string]string
}{
	"an address": {"ec2.ElasticIPAddress", "eipalloc-1", `{}`, "Delete", map[string]string{
		"DescribeAddresses": `<addressesSet><item><allocationId>eipalloc-1</allocationId><associationId>eipassoc-1</associationId>%s</item></addressesSet>`}},
	"a route table": {"ec2.RouteTable", "rtb-1", `{}`, "Delete", map[string]string{
		"DescribeRouteTables": `<routeTableSet><item><routeTableId>rtb-1</routeTableId><associationSet><item><subnetId>subnet-1</subnetId></item></associationSet>%s</item></routeTableSet>`}},
	"a group": {"ec2.SecurityGroup", "sg-1", `{}`, "Delete", map[string]string{
		"DescribeSecurityGroups":    `<securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>-1</ipProtocol><groups><item><groupId>sg-2</groupId></item></groups></item></ipPermissions>%s</item></securityGroupInfo>`,
		"DescribeNetworkInterfaces": `<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet>`}},
	"a gateway": {"ec2.InternetGateway", "igw-1", `{}`, "Detach", map[string]string{
		"DescribeInternetGateways":  `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet>%s</item></internetGatewaySet>`,
		"DescribeRouteTables":       `<routeTableSet><item><associationSet><item><gatewayId>igw-1</gatewayId><routeTableId>rtb-1</routeTableId></item></associationSet></item></routeTableSet>`,
		"DescribeNetworkInterfaces": `<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><association><publicIp>192.0.2.1</publicIp></association></item></networkInterfaceSet>`}},
	"an instance": {"ec2.Instance", "i-1", `{}`, "Delete", map[string]string{
		"DescribeInstances":         `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>%s</item></instancesSet></item></reservationSet>`,
		"DescribeInstanceAttribute": `<disableApiTermination><value>true</value></disableApiTermination>`}},
	"a role": {"iam.Role", roleARN, `{"name":"r"}`, "Delete", map[string]string{
		"GetRole":                     `<GetRoleResult><Role><Arn>` + roleARN + `</Arn><RoleName>r</RoleName><RoleId>AROA</RoleId>%s</Role></GetRoleResult>`,
		"ListAttachedRolePolicies":    `<ListAttachedRolePoliciesResult><AttachedPolicies/></ListAttachedRolePoliciesResult>`,
		"ListRolePolicies":            `<ListRolePoliciesResult><PolicyNames><member>x</member></PolicyNames></ListRolePoliciesResult>`,
		"ListInstanceProfilesForRole": `<ListInstanceProfilesForRoleResult><InstanceProfiles><member><InstanceProfileName>web</InstanceProfileName></member></InstanceProfiles></ListInstanceProfilesForRoleResult>`}},
	"a policy": {"iam.Policy", policyARN, `{"name":"p"}`, "Delete", map[string]string{
		"GetPolicy":             `<GetPolicyResult><Policy><Arn>` + policyARN + `</Arn><PolicyName>p</PolicyName><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>1</AttachmentCount>%s</Policy></GetPolicyResult>`,
		"ListEntitiesForPolicy": `<ListEntitiesForPolicyResult><PolicyRoles><member><RoleName>r</RoleName></member></PolicyRoles></ListEntitiesForPolicyResult>`}},
}

// tagSets are the lists of tags of EC2 and of IAM, with the owner tag.
var tagSets = map[bool]string{
	true:  `<tagSet><item><key>%s</key><value>%s</value></item></tagSet>`,
	false: `<Tags><member><Key>%s</Key><Value>%s</Value></member></Tags>`,
}

// While a read shows what holds a resource, the delete is sent in one minute of each hour, alone.
// The first minute of the wait, and a pass that has already sent it, are exempt.
func TestHeldDeletionsAreTriedOnceAnHour(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	clock := &skewed{}
	c.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{clock}})
	for name, test := range heldThings {
		t.Run(name, func(t *testing.T) {
			in := observing(test.kind, test.id, test.spec)
			in.Object.Deleting, in.Object.Claim.Time = true, time.Now().Add(-24*time.Hour)
			c.aws.says = map[string][]string{}
			for action, body := range test.says {
				tags := fmt.Sprintf(tagSets[strings.HasPrefix(test.kind, "ec2.")], resource.TagOwner, in.Object.Owner.Tag())
				c.aws.says[action] = []string{"<" + action + "Response>" + strings.ReplaceAll(body, "%s", tags) + "</" + action + "Response>"}
			}
			clock.ahead, clock.tried = 0, 0
			plan, err := c.observe(t, in)
			if err != nil || !plan.Held || plan.Wait == nil || len(plan.Steps) > 0 {
				t.Fatalf("plan %+v, error %v; want it held, and nothing to send", plan, err)
			}
			in.Held = plan.Wait.Message
			sent := func(in resource.ObserveInput, attempts int32) (n int) {
				clock.tried = attempts
				return c.sentInAnHour(t, clock, in, test.verb)
			}
			waited, again := in, in
			waited.Waited, again.Waited, again.Failures = true, true, []resource.Failure{{Code: "DependencyViolation"}}
			if got := []int{sent(in, 0), sent(in, 7), sent(waited, 0), sent(again, 0)}; fmt.Sprint(got) != "[0 1 1 0]" {
				t.Errorf("it is sent %v times in an hour (in the first minute, later in a run, in the next run, after a refusal), want 0, 1, 1, 0", got)
			}
		})
	}
}

// sentInAnHour counts the minutes of an hour in which Await returns that one step.
func (c *crew) sentInAnHour(t *testing.T, clock *skewed, in resource.ObserveInput, verb string) (n int) {
	t.Helper()
	for minute := range 60 {
		clock.ahead = time.Duration(minute) * time.Minute
		value, err := c.env.ExecuteActivity(in.Object.Owner.Ref.Kind+"/"+resource.VerbAwait, in)
		if err != nil {
			if failed, waits := errors.AsType[*temporal.ApplicationError](err); !waits || failed.Type() != resource.ReasonInUse && failed.Type() != resource.ReasonProtected {
				t.Fatal(err)
			}
			continue
		}
		var plan resource.Plan
		if err := value.Get(&plan); err != nil || len(plan.Steps) != 1 || plan.Steps[0].Verb != verb || !plan.Held {
			t.Errorf("plan %+v, error %v; want %s alone", plan, err, verb)
		}
		n++
	}
	return n
}
