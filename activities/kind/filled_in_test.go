package kind_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/apis"
)

// ackFillsIn are the fields that ACK initializes late, for every kind of ACK's that has such
// fields, served here or not yet.
var ackFillsIn = map[string][]string{
	"ec2.Instance":                        {"hibernationOptions", "sourceDestCheckEnabled"},
	"ec2.VPC":                             {"enableNetworkAddressUsageMetrics"},
	"ec2.VPCEndpoint":                     {"policyDocument"},
	"ec2.VPCEndpointServiceConfiguration": {"supportedRegions"},
	"iam.Group":                           {"path"},
	"iam.InstanceProfile":                 {"path"},
	"iam.OpenIDConnectProvider":           {"thumbprints"},
	"iam.Policy":                          {"path"},
	"iam.Role":                            {"maxSessionDuration", "path"},
	"iam.User":                            {"path"},
}

// Every kind fills in the same fields as ACK: a user who migrates finds the same specs.
func TestFilledInAsByACK(t *testing.T) {
	for _, served := range slices.Concat(ec2.Kinds(), iam.Kinds()) {
		if diff := cmp.Diff(ackFillsIn[served.Name()], served.LateInitialized(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-ACK +filled in):\n%s", served.Name(), diff)
		}
		if diff := cmp.Diff(ackFillsIn[served.Name()], apis.LateInitialized(served.Name()), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-ACK +named by the condition):\n%s", served.Name(), diff)
		}
	}
}
