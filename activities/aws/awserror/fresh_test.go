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
	for name, want := range map[string]bool{"web-3f2a9b1c": true, "my-web-3f2a9b1c": true, "old-3f2a9b1c": false, "other.web-3f2a9b1c": false} {
		f := Of(&smithy.GenericAPIError{Code: "NoSuchEntity", Message: "The role with name " + name + " cannot be found."})
		made := []resource.Made{{ID: "arn:aws:iam::111122223333:role/ci/web-3f2a9b1c"}, {ID: "arn:aws:iam::111122223333:role/my-web-3f2a9b1c"}}
		if got := MissesNew(f, made, false); got != want {
			t.Errorf("IAM's %s: %t, want %t", name, got, want)
		}
		if MissesNew(f, made, true) {
			t.Errorf("IAM's %s, to a removal, which may have been carried out: true", name)
		}
	}
	if MissesNew(resource.Failure{Code: "NoSuchEntity", Class: resource.NotFound}, nil, false) {
		t.Error("nothing was made, and nothing is missed")
	}
}
