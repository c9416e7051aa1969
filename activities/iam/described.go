package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// The specs that describe what AWS shows of each kind. What comes from calls of its own is left out, and
// added below.
var (
	roleDescribed     = shape.Spec[iamv1alpha1.RoleSpec, role](shape.As("name", "RoleName"), shape.Out("assumeRolePolicyDocument", "inlinePolicies", "policies", "permissionsBoundary"))
	userDescribed     = shape.Spec[iamv1alpha1.UserSpec, user](shape.As("name", "UserName"), shape.Out("inlinePolicies", "policies", "permissionsBoundary"))
	groupDescribed    = shape.Spec[iamv1alpha1.GroupSpec, group](shape.As("name", "GroupName"), shape.Out("inlinePolicies", "policies"))
	policyDescribed   = shape.Spec[iamv1alpha1.PolicySpec, policy](shape.As("name", "PolicyName"), shape.Out("policyDocument"))
	profileDescribed  = shape.Spec[iamv1alpha1.InstanceProfileSpec, instanceProfile](shape.As("name", "InstanceProfileName"), shape.Out("role"))
	providerDescribed = shape.Spec[iamv1alpha1.OpenIDConnectProviderSpec, provider](shape.As("clientIDs", "ClientIDList"), shape.As("thumbprints", "ThumbprintList"), shape.Out("url"))
	linkedDescribed   = shape.Spec[iamv1alpha1.ServiceLinkedRoleSpec, linkedRole](shape.Out("awsServiceName", "customSuffix"))
)

func describeRole(got *role) iamv1alpha1.RoleSpec {
	spec := roleDescribed(got)
	spec.AssumeRolePolicyDocument = optional.Of(got.trust)
	spec.Policies, spec.InlinePolicies, spec.PermissionsBoundary = got.described()
	return spec
}

func describeUser(got *user) iamv1alpha1.UserSpec {
	spec := userDescribed(got)
	spec.Policies, spec.InlinePolicies, spec.PermissionsBoundary = got.described()
	return spec
}

func describeGroup(got *group) iamv1alpha1.GroupSpec {
	spec := groupDescribed(got)
	spec.Policies, spec.InlinePolicies, _ = got.described()
	return spec
}

func describePolicy(got *policy) iamv1alpha1.PolicySpec {
	spec := policyDescribed(got)
	spec.PolicyDocument = optional.Of(got.document)
	return spec
}

func describeProfile(got *instanceProfile) iamv1alpha1.InstanceProfileSpec {
	spec := profileDescribed(got)
	if len(got.Roles) > 0 {
		spec.Role = got.Roles[0].RoleName
	}
	return spec
}

// describeProvider adds the scheme, which AWS leaves out of its answer.
func describeProvider(got *provider) iamv1alpha1.OpenIDConnectProviderSpec {
	spec := providerDescribed(got)
	if url := aws.ToString(got.Url); url != "" {
		spec.URL = aws.String("https://" + strings.TrimPrefix(url, "https://"))
	}
	return spec
}

// describeLinked reads the service in the path. A suffix is left out: a service's own name may contain
// its separator.
func describeLinked(got *linkedRole) iamv1alpha1.ServiceLinkedRoleSpec {
	spec := linkedDescribed(got)
	service, _ := strings.CutPrefix(aws.ToString(got.Path), "/aws-service-role/")
	spec.AWSServiceName = optional.Of(strings.Trim(service, "/"))
	return spec
}

// described returns the policies as a spec has them.
func (g granted) described() (policies []*string, inline map[string]*string, boundary *string) {
	for _, arn := range g.attached {
		policies = append(policies, aws.String(arn))
	}
	for name, document := range g.inline {
		if inline == nil {
			inline = map[string]*string{}
		}
		inline[name] = aws.String(document)
	}
	return policies, inline, optional.Of(g.boundary)
}
