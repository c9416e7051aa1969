package awserror

import (
	"testing"

	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/resource"
)

func TestMissesNew(t *testing.T) {
	made := []resource.Made{{ID: "vpc-0123456789abcdef0"}}
	for name, test := range map[string]struct {
		code, message string
		want, removal bool // removal: the result for a removal
	}{
		"the new one":                  {"InvalidVpcID.NotFound", "The vpc ID 'vpc-0123456789abcdef0' does not exist", true, true},
		"one that is not new":          {"InvalidGroup.NotFound", "The security group 'sg-0123456789abcdef0' does not exist", false, false},
		"one that we did not make":     {"InvalidGroup.NotFound", "The security group 'sg-00000000' does not exist", false, false},
		"both":                         {"InvalidGroup.NotFound", "'sg-0123456789abcdef0' does not exist in 'vpc-0123456789abcdef0'", true, true},
		"no id, as IAM":                {"NoSuchEntity", "The role with name web cannot be found.", true, false},
		"an entry of what is there":    {"InvalidPermission.NotFound", "The specified rule does not exist in this security group.", false, false},
		"an association that is there": {"InvalidAssociationID.NotFound", "The association ID does not exist", false, false},
		"another answer":               {"InvalidParameterValue", "vpc-0123456789abcdef0", false, false},
	} {
		f := Of(&smithy.GenericAPIError{Code: test.code, Message: test.message})
		if got := MissesNew(f, made, false); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
		if got := MissesNew(f, made, true); got != test.removal {
			t.Errorf("%s, to a removal: %t, want %t", name, got, test.removal)
		}
	}
	if MissesNew(resource.Failure{Code: "NoSuchEntity", Class: resource.NotFound}, nil, false) {
		t.Error("nothing was made, and nothing is missed")
	}
}
