package iam

import (
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
)

// definition returns the definition of a kind, with its types.
func definition[W, G any](k kind.Kind) kind.Definition[*awsiam.Client, W, G] {
	return k.(kind.Definition[*awsiam.Client, W, G])
}
