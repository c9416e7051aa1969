package budget

import (
	"reflect"
	"strings"
)

// Limit is a token bucket: its size in calls, and its refill in calls per second.
type Limit struct{ Size, PerSecond float64 }

// The buckets that several APIs of EC2 have in common.
// Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
var (
	readLimit       = Limit{100, 20}
	unfilteredLimit = Limit{50, 10}
	mutationLimit   = Limit{50, 5}
	tagLimit        = Limit{100, 10}
	natLimit        = Limit{10, 1}
	endpointLimit   = Limit{4, 0.3}
	serviceLimit    = Limit{10, 1} // of endpoint services
	launchLimit     = Limit{5, 2}
	largeLimit      = Limit{100, 5}
)

// AWS documents no limits of IAM. These are a cautious guess, in the order of magnitude that users report.
var (
	iamReadLimit     = Limit{50, 10}
	iamMutationLimit = Limit{20, 5}
)

// special are the APIs of EC2 whose bucket differs from the one for all reads or all mutations. The
// tokens that EC2 counts for each instance need no bucket here. A request of Tack names one
// instance, and EC2 refills those tokens at least as fast as those for requests.
var special = map[string]Limit{
	"CreateTags": tagLimit, "DeleteTags": tagLimit,

	"CreateNatGateway": natLimit, "DeleteNatGateway": natLimit,
	"AssociateNatGatewayAddress": natLimit, "DisassociateNatGatewayAddress": natLimit,
	"AssignPrivateNatGatewayAddress": natLimit, "UnassignPrivateNatGatewayAddress": natLimit,

	"CreateVpcEndpoint": endpointLimit, "ModifyVpcEndpoint": endpointLimit, "DeleteVpcEndpoints": endpointLimit,

	"CreateVpcEndpointServiceConfiguration": serviceLimit, "ModifyVpcEndpointServiceConfiguration": serviceLimit,
	"DeleteVpcEndpointServiceConfigurations": serviceLimit, "AcceptVpcEndpointConnections": serviceLimit,
	"RejectVpcEndpointConnections": serviceLimit,

	"RunInstances": launchLimit, "StartInstances": launchLimit,

	"TerminateInstances": largeLimit, "CreateLaunchTemplateVersion": largeLimit, "ModifyLaunchTemplate": largeLimit,
	"ModifyInstanceMetadataOptions": largeLimit, "AssociateIamInstanceProfile": largeLimit, "CreateNetworkInterface": largeLimit,
}

// unfiltered are the reads that take from a smaller bucket without a filter and without pages.
var unfiltered = map[string]bool{
	"DescribeInstances": true, "DescribeInstanceStatus": true, "DescribeNetworkInterfaces": true, "DescribeSecurityGroups": true,
	"DescribeSnapshots": true, "DescribeSpotInstanceRequests": true, "DescribeVolumes": true,
}

// serviceIAM is IAM's name in the SDK.
const serviceIAM = "IAM"

// Documented returns the bucket of an operation, and whether the request takes from the smaller
// bucket of a read without a filter and without pages. A request is the SDK's input; nil has filters.
func Documented(service, operation string, request any) (limit Limit, small bool) {
	limit, listed := special[operation]
	switch read := reads(operation); {
	case service == serviceIAM && read:
		return iamReadLimit, false
	case service == serviceIAM:
		return iamMutationLimit, false
	case listed:
		return limit, false
	case !read:
		return mutationLimit, false
	case unfiltered[operation] && whole(request):
		return unfilteredLimit, true
	}
	return readLimit, false
}

func reads(operation string) bool {
	for _, verb := range []string{"Describe", "Get", "List", "Search"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

// whole reports whether a request has neither filters nor a size of its pages.
func whole(request any) bool {
	v := reflect.Indirect(reflect.ValueOf(request))
	if v.Kind() != reflect.Struct {
		return false
	}
	for _, name := range []string{"Filters", "MaxResults"} {
		if field := v.FieldByName(name); field.IsValid() && !field.IsZero() {
			return false
		}
	}
	return true
}
