package awserror

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// awsError is an answer of AWS in the form in which the SDK returns it.
func awsError(code string, status int) error { return awsErrorSaying(code, "because", status) }

func awsErrorSaying(code, message string, status int) error {
	return &smithy.OperationError{ServiceID: "EC2", OperationName: "X", Err: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}},
		Err:      &smithy.GenericAPIError{Code: code, Message: message},
	}}
}

func TestFailureOf(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want resource.Class
		code string
	}{
		"throttled":             {awsError("RequestLimitExceeded", 503), resource.Throttled, "RequestLimitExceeded"},
		"no such group":         {awsError("InvalidGroup.NotFound", 400), resource.NotFound, "InvalidGroup.NotFound"},
		"accepted already":      {Already(awsError("InvalidStateTransition", 400)), resource.Exists, "InvalidStateTransition"},
		"no such policy":        {awsError("NoSuchEntity", 404), resource.NotFound, "NoSuchEntity"},
		"a template's name":     {awsError("InvalidLaunchTemplateName.NotFoundException", 400), resource.NotFound, "InvalidLaunchTemplateName.NotFoundException"},
		"duplicate":             {awsError("InvalidPermission.Duplicate", 400), resource.Exists, "InvalidPermission.Duplicate"},
		"token is spent":        {awsError("IdempotentParameterMismatch", 400), resource.Exists, "IdempotentParameterMismatch"},
		"policy exists":         {awsError("EntityAlreadyExists", 409), resource.Exists, "EntityAlreadyExists"},
		"depends":               {awsError("DependencyViolation", 400), resource.Dependent, "DependencyViolation"},
		"an ACL in use":         {awsError("InvalidNetworkAcl.InUse", 400), resource.Dependent, "InvalidNetworkAcl.InUse"},
		"address in use":        {awsError("InvalidIPAddress.InUse", 400), resource.Dependent, "InvalidIPAddress.InUse"},
		"denied":                {awsError("UnauthorizedOperation", 403), resource.Denied, "UnauthorizedOperation"},
		"quota":                 {awsError("VpcLimitExceeded", 400), resource.Quota, "VpcLimitExceeded"},
		"profile has a role":    {awsErrorSaying("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409), resource.Exists, "LimitExceeded"},
		"a DNS name in use":     {awsErrorSaying("InvalidParameter", "private-dns-enabled cannot be set because there is already a conflicting DNS domain for sts.us-west-2.amazonaws.com in the VPC vpc-1", 400), resource.Dependent, "InvalidParameter"},
		"key not for metadata":  {awsErrorSaying("InvalidParameterValue", `'a/b' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\-_+=,.@:]{1,255})`, 400), resource.Denied, "InvalidParameterValue"},
		"policy of tags":        {awsError("TagPolicyViolation", 400), resource.Denied, "TagPolicyViolation"},
		"tags of others":        {awsError("TagLimitExceeded", 400), resource.Quota, "TagLimitExceeded"},
		"a block of the VPC":    {awsError("CidrConflict", 400), resource.Exists, "CidrConflict"},
		"an attachment":         {awsError("Gateway.NotAttached", 400), resource.NotFound, "Gateway.NotAttached"},
		"quota of IAM":          {awsErrorSaying("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000", 409), resource.Quota, "LimitExceeded"},
		"capacity, though 5xx":  {awsError("InsufficientInstanceCapacity", 500), resource.Quota, "InsufficientInstanceCapacity"},
		"expired":               {awsError("RequestExpired", 400), resource.Expired, "RequestExpired"},
		"malformed id":          {awsError("InvalidGroupId.Malformed", 400), resource.Invalid, "InvalidGroupId.Malformed"},
		"malformed NAT gateway": {awsError("NatGatewayMalformed", 400), resource.Invalid, "NatGatewayMalformed"},
		"malformed subnet":      {awsError("InvalidSubnet", 400), resource.Invalid, "InvalidSubnet"},
		"malformed address":     {awsError("InvalidElasticIpID.Malformed", 400), resource.Invalid, "InvalidElasticIpID.Malformed"},
		"malformed endpoint":    {awsError("InvalidVpcEndpointId.Malformed", 400), resource.Invalid, "InvalidVpcEndpointId.Malformed"},
		"no such pool":          {awsError("InvalidPublicIpv4PoolID.NotFound", 400), resource.Invalid, "InvalidPublicIpv4PoolID.NotFound"},
		"document":              {awsError("MalformedPolicyDocument", 400), resource.Invalid, "MalformedPolicyDocument"},
		"role not seen":         {awsErrorSaying("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci"`, 400), resource.NotFound, "MalformedPolicyDocument"},
		"user not seen":         {awsErrorSaying("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws-cn:iam::111122223333:user/team/ci"`, 400), resource.NotFound, "MalformedPolicyDocument"},
		"no such service":       {awsErrorSaying("MalformedPolicyDocument", `Invalid principal in policy: "SERVICE":"ec2.amazonaws"`, 400), resource.Invalid, "MalformedPolicyDocument"},
		"no such account":       {awsErrorSaying("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"999999999999"`, 400), resource.Invalid, "MalformedPolicyDocument"},
		"deleted role":          {awsErrorSaying("MalformedPolicyDocument", `Invalid principal in policy: "AWS":"AROAEXAMPLEID"`, 400), resource.Invalid, "MalformedPolicyDocument"},
		"gateway not attached":  {awsErrorSaying("InvalidParameterValue", "route table rtb-1 and network gateway igw-1 belong to different networks", 400), resource.Dependent, "InvalidParameterValue"},
		"block not in the VPC":  {awsErrorSaying("InvalidSubnet.Range", "The CIDR '10.1.0.0/24' is invalid.", 400), resource.Dependent, "InvalidSubnet.Range"},
		"profile not seen":      {awsErrorSaying("InvalidParameterValue", "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", 400), resource.NotFound, "InvalidParameterValue"},
		"role not assumed":      {awsErrorSaying("InvalidParameter", "Unable to assume given IAM role", 400), resource.NotFound, "InvalidParameter"},
		"a routed endpoint":     {awsErrorSaying("InvalidParameter", "Endpoint must be removed from route table before deletion", 400), resource.Dependent, "InvalidParameter"},
		"token of a gone one":   {awsError("IdempotentInstanceTerminated", 400), resource.Exists, "IdempotentInstanceTerminated"},
		"unknown code":          {awsError("SomethingNew", 400), resource.Other, "SomethingNew"},
		"unknown code with 5xx": {awsError("InternalError", 500), resource.Unclear, "InternalError"},
		"connection lost":       {fmt.Errorf("sending: %w", errors.New("connection reset")), resource.Unclear, "NoAnswer"},
		"timeout":               {fmt.Errorf("sending: %w", context.DeadlineExceeded), resource.Unclear, "NoAnswer"},
		"unreadable answer":     {&smithy.DeserializationError{Err: awsError("X", 200)}, resource.Unclear, "NoAnswer"},
		"another account":       {Denial{Code: resource.ReasonWrongAccount, Message: "m"}, resource.Gated, "WrongAccount"},
	} {
		if f := Of(test.err); f.Class != test.want || f.Code != test.code {
			t.Errorf("%s is %s %s, want %s %s", name, f.Class, f.Code, test.want, test.code)
		}
	}
	if !IsNotFound(fmt.Errorf("getting: %w", awsError("NoSuchEntity", 404))) || IsNotFound(nil) || IsNotFound(awsError("AccessDenied", 403)) {
		t.Error("IsNotFound does not report absence from the rest")
	}
	for code, want := range map[string]bool{"InvalidGroupId.Malformed": true, "NatGatewayMalformed": true, "NatGatewayNotFound": false, "MalformedPolicyDocument": false} {
		if got := IsMalformed(fmt.Errorf("describing: %w", awsError(code, 400))); got != want {
			t.Errorf("%s rejects the form of an id: %t, want %t", code, got, want)
		}
	}
}

func TestActivityError(t *testing.T) {
	for class, test := range map[resource.Class]struct{ once, final bool }{
		resource.Throttled: {true, false},
		resource.Dependent: {true, false},
		resource.Expired:   {true, false},
		resource.Unclear:   {false, false},
		resource.NotFound:  {false, true},
		resource.Exists:    {false, true},
		resource.Denied:    {false, true},
		resource.Quota:     {false, true},
		resource.Invalid:   {false, true},
		resource.Other:     {false, true},
	} {
		var err *temporal.ApplicationError
		if !errors.As(Activity(resource.Failure{Code: "C", Class: class}, test.once, time.Second), &err) || err.NonRetryable() != test.final || err.Type() != "C" {
			t.Errorf("%s: not retried is %t", class, err.NonRetryable())
		}
	}
	var err *temporal.ApplicationError
	if !errors.As(Activity(resource.Failure{Class: resource.Unclear}, true, 0), &err) || !err.NonRetryable() {
		t.Error("a request that is sent once is sent again although its outcome is unknown")
	}
}
