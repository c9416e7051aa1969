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
		"a part of its name":           {"InvalidGroup.NotFound", "The ID 'my-vpc-0123456789abcdef0' does not exist", false, false},
		"a name, as IAM":               {"NoSuchEntity", "The role with name web cannot be found.", false, false},
		"nothing is named, as IAM":     {"NoSuchEntity", "m", true, false},
		"nothing is named, as EC2":     {"InvalidVpcID.NotFound", "m", true, false},
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
	wantMissedByName(t)
	if MissesNew(resource.Failure{Code: "NoSuchEntity", Class: resource.NotFound}, nil, false) {
		t.Error("nothing was made, and nothing is missed")
	}
}

// IAM names what it misses by name or by ARN. Policies of AWS, key pairs and principals are not new
// resources of ours.
func wantMissedByName(t *testing.T) {
	t.Helper()
	made := []resource.Made{
		{ID: "arn:aws:iam::111122223333:role/ci/web-3f2a9b1c"}, {ID: "arn:aws:iam::111122223333:role/my-web-3f2a9b1c"},
		{ID: "arn:aws:iam::111122223333:policy/read"}, {ID: "arn:aws:iam::111122223333:instance-profile/web"}, {ID: "plain"},
	}
	for message, want := range map[string]bool{
		"The role with name web-3f2a9b1c cannot be found.":                                    true,
		"The role with name my-web-3f2a9b1c cannot be found.":                                 true,
		"The role with name plain cannot be found.":                                           true,
		"The role with name old-3f2a9b1c cannot be found.":                                    false,
		"The role with name other.web-3f2a9b1c cannot be found.":                              false,
		"The role with name typo cannot be found.":                                            false,
		"Instance Profile web cannot be found.":                                               true,
		"Instance Profile typo cannot be found.":                                              false,
		"Policy arn:aws:iam::111122223333:policy/read was not found.":                         true,
		"Policy arn:aws:iam::111122223333:policy/read does not exist or is not attachable.":   true,
		"Policy arn:aws:iam::aws:policy/Typo does not exist or is not attachable.":            false,
		"Policy arn:aws:iam::aws:policy/read does not exist or is not attachable.":            false,
		"Scope ARN: arn:aws:iam::111122223333:policy/old does not exist or is not attachable": false,
	} {
		f := Of(&smithy.GenericAPIError{Code: "NoSuchEntity", Message: message})
		if got := MissesNew(f, made, false); got != want {
			t.Errorf("%s: %t, want %t", message, got, want)
		}
		if MissesNew(f, made, true) {
			t.Errorf("%s, to a removal, which may have been carried out: true", message)
		}
	}
	for code, message := range map[string]string{
		"InvalidKeyPair.NotFound": "The key pair 'typo' does not exist",
		"MalformedPolicyDocument": `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci/web-3f2a9b1c"`,
		"InvalidParameterValue":   "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
	} {
		f := Of(&smithy.GenericAPIError{Code: code, Message: message})
		if f.Class != resource.NotFound || MissesNew(f, made, false) {
			t.Errorf("%s: class %s, and it is tried for as long as AWS may miss what is new", code, f.Class)
		}
	}
}
