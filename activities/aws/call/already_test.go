package call

import (
	"context"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// A code that says "carried out" of one operation means something else for others.
func TestAlready(t *testing.T) {
	refused := func(code string) func(*awsec2.Client, context.Context, *awsec2.AcceptVpcPeeringConnectionInput, ...func(*awsec2.Options)) (*awsec2.AcceptVpcPeeringConnectionOutput, error) {
		return func(*awsec2.Client, context.Context, *awsec2.AcceptVpcPeeringConnectionInput, ...func(*awsec2.Options)) (*awsec2.AcceptVpcPeeringConnectionOutput, error) {
			return nil, &smithy.GenericAPIError{Code: code}
		}
	}
	for _, test := range []struct {
		code string
		of   Operation[*awsec2.Client, awsec2.AcceptVpcPeeringConnectionInput]
		want resource.Class
	}{
		{"InvalidStateTransition", To("Accept", refused("InvalidStateTransition")).Already("InvalidStateTransition"), resource.Exists},
		{"InvalidStateTransition", To("Accept", refused("InvalidStateTransition")), resource.Dependent},
		{"UnauthorizedOperation", To("Accept", refused("UnauthorizedOperation")).Already("InvalidStateTransition"), resource.Denied},
	} {
		_, err := test.of.call.Do(t.Context(), nil, []byte(`{}`))
		if f := awserror.Of(err); f.Class != test.want || f.Code != test.code {
			t.Errorf("%s is %s %s, want %s", test.code, f.Code, f.Class, test.want)
		}
	}
}
