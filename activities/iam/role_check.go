package iam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// AWS's limits for a role, of the API itself. How many policies a role may have is a
// quota of the account, which AWS applies.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
const (
	maxRoleName   = 64
	maxInlineName = 128
	minSession    = 3600
	maxSession    = 43200
)

var (
	roleDescription = regexp.MustCompile(`^[\t\n\r\x20-\x7e\x{a1}-\x{ff}]*$`)
	managedPolicy   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\x21-\x7e]+$`)
)

func checkRole(want iamv1alpha1.RoleSpec) []activities.Invalid {
	invalid := slices.Concat(checkName(named{"a role", "roleName", maxRoleName}, want.Name), checkPath(want.Path), checkTagKeys(want.Tags),
		checkRolePolicies(want), checkInlinePolicies(want))
	refuse := func(path, format string, args ...any) *activities.Invalid {
		invalid = append(invalid, activities.Invalid{Path: path, Message: fmt.Sprintf(format, args...)})
		return &invalid[len(invalid)-1]
	}
	if err := checkTrust(aws.ToString(want.AssumeRolePolicyDocument)); err != nil {
		invalid = append(invalid, invalidDocument("spec.assumeRolePolicyDocument", err))
	}
	invalid = append(invalid, checkLength(want.Description)...)
	if text := aws.ToString(want.Description); !roleDescription.MatchString(text) {
		unmet(refuse("spec.description", "has characters outside Latin-1, which AWS does not take for a role"), "description", text,
			`satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`)
	}
	if seconds := want.MaxSessionDuration; seconds != nil && (*seconds < minSession || *seconds > maxSession) {
		constraint := fmt.Sprintf("have value less than or equal to %d", maxSession)
		if *seconds < minSession {
			constraint = fmt.Sprintf("have value greater than or equal to %d", minSession)
		}
		unmet(refuse("spec.maxSessionDuration", "is %d, AWS takes %d to %d seconds", *seconds, minSession, maxSession),
			"maxSessionDuration", strconv.FormatInt(*seconds, 10), constraint)
	}
	if boundary := want.PermissionsBoundary; boundary != nil && !managedPolicy.MatchString(*boundary) {
		refuse("spec.permissionsBoundary", "%q is not the ARN of a managed policy", *boundary).Says(codeInput, badARN, *boundary)
	}
	return invalid
}

// badARN is what IAM answers to a policy's ARN that is none.
const badARN = "ARN %s is not valid."

// checkRolePolicies checks ARNs. One that is there twice is attached once.
func checkRolePolicies(want iamv1alpha1.RoleSpec) (invalid []activities.Invalid) {
	for i, arn := range want.Policies {
		if arn == nil || !managedPolicy.MatchString(*arn) {
			one := activities.Invalid{Path: policyPath(want, i), Message: fmt.Sprintf("%q is not the ARN of a managed policy", aws.ToString(arn))}
			one.Says(codeInput, badARN, aws.ToString(arn))
			invalid = append(invalid, one)
		}
	}
	return invalid
}

const inlineExceeded = "Maximum policy size of %d bytes exceeded for role %s"

func checkInlinePolicies(want iamv1alpha1.RoleSpec) (invalid []activities.Invalid) {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(want.InlinePolicies)) {
		document := aws.ToString(want.InlinePolicies[name])
		size += documentSize(document)
		one := activities.Invalid{Path: inlinePath(name)}
		switch {
		case !goodName.MatchString(name):
			one.Message = fmt.Sprintf("the name %q has characters other than letters, digits and _+=,.@-", name)
			unmet(&one, "policyName", name, `satisfy regular expression pattern: [\w+=,.@-]+`)
			invalid = append(invalid, one)
		case len(name) > maxInlineName:
			one.Message = fmt.Sprintf("the name has %d characters, AWS takes %d", len(name), maxInlineName)
			unmet(&one, "policyName", name, fmt.Sprintf("have length less than or equal to %d", maxInlineName))
			invalid = append(invalid, one)
		}
		if err := checkDocument(document, maxInline); err != nil {
			one := invalidDocument(inlinePath(name), err)
			if one.Code == "LimitExceeded" {
				one.Says("LimitExceeded", inlineExceeded, maxInline, aws.ToString(want.Name))
			}
			invalid = append(invalid, one)
		}
	}
	if len(want.InlinePolicies) > 1 && size > maxInline {
		all := activities.Invalid{Path: "spec.inlinePolicies", Message: fmt.Sprintf(
			"have %d characters together besides white space, AWS takes %d", size, maxInline)}
		all.Says("LimitExceeded", inlineExceeded, maxInline, aws.ToString(want.Name))
		invalid = append(invalid, all)
	}
	return invalid
}
