package iam

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
)

// A finding carries AWS's code and message: users match them.
func TestAnswersOfIAM(t *testing.T) {
	const failed = "failed to satisfy constraint: Member must "
	one := func(invalid []kind.Invalid) string {
		if len(invalid) != 1 {
			t.Fatalf("findings %v, want one", invalid)
		}
		return invalid[0].Code + ": " + invalid[0].Answer
	}
	for name, test := range map[string]struct{ got, want string }{
		"characters of a name": {
			one(checkPolicy(policySpec(t, `{name: a/b}`))),
			"ValidationError: 1 validation error detected: Value 'a/b' at 'policyName' " + failed + `satisfy regular expression pattern: [\w+=,.@-]+`,
		},
		"length of a name": {
			one(checkRole(roleSpec(t, `{name: `+strings.Repeat("x", 65)+`}`))),
			"ValidationError: 1 validation error detected: Value '" + strings.Repeat("x", 65) + "' at 'roleName' " + failed + "have length less than or equal to 64",
		},
		"session": {
			one(checkRole(roleSpec(t, `{maxSessionDuration: 900}`))),
			"ValidationError: 1 validation error detected: Value '900' at 'maxSessionDuration' " + failed + "have value greater than or equal to 3600",
		},
		"boundary":           {one(checkRole(roleSpec(t, `{permissionsBoundary: reader}`))), "InvalidInput: ARN reader is not valid."},
		"no JSON":            {one(checkPolicy(policySpec(t, `{policyDocument: "{"}`))), "MalformedPolicyDocument: This policy contains invalid Json"},
		"no statement":       {one(checkPolicy(policySpec(t, `{policyDocument: "{}"}`))), "MalformedPolicyDocument: Syntax errors in policy."},
		"trust of nobody":    {one(checkRole(roleSpec(t, `{assumeRolePolicyDocument: '{"Statement": [{}]}'}`))), "MalformedPolicyDocument: Missing required field Principal"},
		"keys that are same": {one(checkRole(roleSpec(t, `{tags: [{key: Env}, {key: env}]}`))), "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Tags are checked beforehand: IAM's answer names a place in the request.
func TestTagRulesOfIAM(t *testing.T) {
	tags := []tagging.Tag{{Key: "good é", Value: ""}, {Key: "a?", Value: "b|c"}, {Key: "good é", Value: "x"}}
	var got []string
	tagging.Check(tags, tagRules, func(i kind.Invalid) { got = append(got, i.String()) })
	const failed = "' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]"
	if diff := cmp.Diff([]string{
		`spec.tags[1].key: "a?" has characters other than letters, digits, spaces and _.:/=+-@: ` +
			"ValidationError: 1 validation error detected: Value 'a?' at 'tags.2.member.key" + failed + "+",
		`spec.tags[1].value: "b|c" has characters other than letters, digits, spaces and _.:/=+-@: ` +
			"ValidationError: 1 validation error detected: Value 'b|c' at 'tags.2.member.value" + failed + "*",
		`spec.tags[2].key: "good é" is there twice: InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.`,
	}, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
