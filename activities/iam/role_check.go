package iam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// AWS's limits for a role, from the API itself. The number of policies of a role is a quota of the
// account, which AWS applies.
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

func checkRole(want iamv1alpha1.RoleSpec) []kind.Invalid {
	invalid := slices.Concat(checkName(named{"a role", "roleName", maxRoleName}, want.Name), checkPath(want.Path), checkTagKeys(want.Tags),
		checkRolePolicies(want), checkInlinePolicies(want))
	refuse := func(path string, answer finding.Answer, format string, args ...any) {
		invalid = append(invalid, finding.New(path, answer, format, args...))
	}
	if err := checkTrust(aws.ToString(want.AssumeRolePolicyDocument)); err != nil {
		invalid = append(invalid, invalidDocument("spec.assumeRolePolicyDocument", err))
	}
	invalid = append(invalid, checkLength(want.Description)...)
	if text := aws.ToString(want.Description); !roleDescription.MatchString(text) {
		refuse("spec.description", unmet("description", text, `satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`),
			"has characters outside Latin-1, which AWS does not allow for a role")
	}
	if seconds := want.MaxSessionDuration; seconds != nil && (*seconds < minSession || *seconds > maxSession) {
		constraint := fmt.Sprintf("have value less than or equal to %d", maxSession)
		if *seconds < minSession {
			constraint = fmt.Sprintf("have value greater than or equal to %d", minSession)
		}
		refuse("spec.maxSessionDuration", unmet("maxSessionDuration", strconv.FormatInt(*seconds, 10), constraint),
			"is %d, AWS allows %d to %d seconds", *seconds, minSession, maxSession)
	}
	if boundary := aws.ToString(want.PermissionsBoundary); boundary != "" && !managedPolicy.MatchString(boundary) {
		refuse("spec.permissionsBoundary", finding.Says(codeInput, badARN, boundary), "%q is not the ARN of a managed policy", boundary)
	}
	return invalid
}

// badARN is IAM's answer to an invalid ARN of a policy.
const badARN = "ARN %s is not valid."

// checkRolePolicies checks ARNs. A policy that is listed twice is attached once.
func checkRolePolicies(want iamv1alpha1.RoleSpec) (invalid []kind.Invalid) {
	for i, arn := range want.Policies {
		if arn == nil || !managedPolicy.MatchString(*arn) {
			invalid = append(invalid, finding.New(policyPath(want, i), finding.Says(codeInput, badARN, aws.ToString(arn)),
				"%q is not the ARN of a managed policy", aws.ToString(arn)))
		}
	}
	return invalid
}

const inlineExceeded = "Maximum policy size of %d bytes exceeded for role %s"

func checkInlinePolicies(want iamv1alpha1.RoleSpec) (invalid []kind.Invalid) {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(want.InlinePolicies)) {
		document := aws.ToString(want.InlinePolicies[name])
		size += documentSize(document)
		path := inlinePath(name)
		switch {
		case !goodName.MatchString(name):
			invalid = append(invalid, finding.New(path, unmet("policyName", name, namePattern), "the name %q has characters other than letters, digits and _+=,.@-", name))
		case len(name) > maxInlineName:
			invalid = append(invalid, finding.New(path, unmet("policyName", name, atMost(maxInlineName)), "the name has %d characters, AWS allows %d", len(name), maxInlineName))
		}
		if err := checkDocument(document, maxInline); err != nil {
			one := invalidDocument(path, err)
			if one.Code == codeLimit {
				one = finding.New(path, finding.Says(codeLimit, inlineExceeded, maxInline, aws.ToString(want.Name)), "%s", one.Message)
			}
			invalid = append(invalid, one)
		}
	}
	if len(want.InlinePolicies) > 1 && size > maxInline {
		invalid = append(invalid, finding.New("spec.inlinePolicies", finding.Says(codeLimit, inlineExceeded, maxInline, aws.ToString(want.Name)),
			"have %d characters together besides white space, AWS allows %d", size, maxInline))
	}
	return invalid
}
