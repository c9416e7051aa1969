package kind_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

// A delete that has waited is sent only if a read shows no holder of the resource. The object
// continues to report AWS's words, and the holder.
func TestADeleteThatIsHeldIsNotSent(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	subnet, role := drawing(t, `{"SubnetId":"s-%d"}`, false), drawing(t, `{"RoleName":"r-%d"}`, false)
	const (
		code, conflict = "DependencyViolation", "DeleteConflict"
		eni            = `<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>`
		profiles       = `<ListInstanceProfilesForRoleResponse><ListInstanceProfilesForRoleResult><InstanceProfiles><member><InstanceProfileName>web</InstanceProfileName></member></InstanceProfiles></ListInstanceProfilesForRoleResult></ListInstanceProfilesForRoleResponse>`
	)
	for name, test := range map[string]struct {
		activity, request string
		waited            bool
		says              map[string][]string
		code, message     string
		sent              bool // the call itself
	}{
		"at first":                {"ec2.Subnet/Delete", subnet, false, map[string][]string{"DeleteSubnet": {"!" + code}, "DescribeNetworkInterfaces": {eni}}, code, "m. It is held by network interface eni-1.", true},
		"held":                    {"ec2.Subnet/Delete", subnet, true, map[string][]string{"DeleteSubnet": {"!" + code}, "DescribeNetworkInterfaces": {eni}}, code, "The subnet '" + subnet[13:len(subnet)-2] + "' has dependencies and cannot be deleted. It is held by network interface eni-1.", false},
		"held by what is unknown": {"ec2.Subnet/Delete", subnet, true, map[string][]string{"DeleteSubnet": {"!" + code}, "DescribeNetworkInterfaces": {`<DescribeNetworkInterfacesResponse><networkInterfaceSet/></DescribeNetworkInterfacesResponse>`}}, code, "m", true},
		"not readable":            {"ec2.Subnet/Delete", subnet, true, map[string][]string{"DeleteSubnet": {"!" + code}, "DescribeNetworkInterfaces": {"!UnauthorizedOperation"}}, code, "m", true},
		"a role":                  {"iam.Role/Delete", role, true, map[string][]string{"DeleteRole": {"!" + conflict}, "ListInstanceProfilesForRole": {profiles}}, conflict, "Cannot delete entity, must remove roles from instance profile first. It is held by instance profile web.", false},
	} {
		t.Run(name, func(t *testing.T) {
			c.aws.says, c.aws.asked = test.says, nil
			_, err := c.env.ExecuteActivity(test.activity, resource.CallInput{Target: target(accountA), Request: json.RawMessage(test.request), Waited: test.waited})
			failed, ok := errors.AsType[*temporal.ApplicationError](err)
			var f resource.Failure
			if !ok || failed.Details(&f) != nil {
				t.Fatalf("it ended with %v", err)
			}
			if diff := cmp.Diff([]string{test.code, string(resource.Dependent), test.message}, []string{f.Code, string(f.Class), f.Message}); diff != "" || failed.NonRetryable() {
				t.Errorf("it is refused, permanently: %t, with (-want +got):\n%s", failed.NonRetryable(), diff)
			}
			sent := slices.ContainsFunc(c.aws.asked, func(action string) bool { return action == "DeleteSubnet" || action == "DeleteRole" })
			if sent != test.sent {
				t.Errorf("AWS was asked %v, want the delete among it: %t", c.aws.asked, test.sent)
			}
		})
	}
}

// Once an hour the delete is sent anyway: a read may be wrong permanently.
func TestAHeldDeleteIsTriedOnceAnHour(t *testing.T) {
	c := newCrew(t, 0, ec2.Kinds()...)
	c.aws.says = map[string][]string{
		"DeleteSubnet": {"<DeleteSubnetResponse/>"}, "DescribeNetworkInterfaces": {`<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>`},
	}
	subnet := drawing(t, `{"SubnetId":"s-%d"}`, true)
	if _, err := c.env.ExecuteActivity("ec2.Subnet/Delete", resource.CallInput{Target: target(accountA), Request: json.RawMessage(subnet), Waited: true}); err != nil {
		t.Errorf("it was not sent: %v", err)
	}
}

// drawing returns a request that draws this minute and the next few seconds, or does not.
func drawing(t *testing.T, format string, draws bool) string {
	t.Helper()
	for i := range 100_000 {
		request, now := fmt.Sprintf(format, i), time.Now()
		if awserror.Anyway(1, true, now, []byte(request)) == draws && awserror.Anyway(1, true, now.Add(5*time.Second), []byte(request)) == draws {
			return request
		}
		if draws && now.Second() > 54 {
			time.Sleep(time.Second) // until the next minute: this one ends too soon
		}
	}
	t.Fatal("no request is as wanted")
	return ""
}
