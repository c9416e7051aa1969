package iam

import (
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// The definitions of the kinds, with their types.
var (
	roleKind    = definition[iamv1alpha1.RoleSpec, role](Role())
	policyKind  = definition[iamv1alpha1.PolicySpec, policy](Policy())
	profileKind = definition[iamv1alpha1.InstanceProfileSpec, instanceProfile](InstanceProfile())
)

func definition[W, G any](k kind.Kind) kind.Definition[*awsiam.Client, W, G] {
	return k.(kind.Definition[*awsiam.Client, W, G])
}
