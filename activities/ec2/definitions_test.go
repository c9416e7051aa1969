package ec2

import (
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/kind"
)

// definition returns the definition of a kind, with its types.
func definition[W, G any](k kind.Kind) kind.Definition[*awsec2.Client, W, G] {
	return k.(kind.Definition[*awsec2.Client, W, G])
}
