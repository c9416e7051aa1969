// Package iam holds the kinds of AWS Identity and Access Management. Each has its own file, with
// companions: how to find, plan and unplan the resource, and the AWS calls.
package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
)

// Kinds lists the kinds of the service.
func Kinds() []kind.Kind {
	return []kind.Kind{
		Group(),
		InstanceProfile(),
		OpenIDConnectProvider(),
		Policy(),
		Role(),
		ServiceLinkedRole(),
		User(),
	}
}

func newClient(cfg aws.Config) *awsiam.Client { return awsiam.NewFromConfig(cfg) }
