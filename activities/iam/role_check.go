package iam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

// AWS's limits for a role.
const (
	maxRoleName     = 64
	maxInlineName   = 128
	maxRolePolicies = 25 // as far as the quota can be raised
	minSession      = 3600
	maxSession      = 43200
)

var (
	roleDescription = regexp.MustCompile(`^[\t\n\r\x20-\x7e\x{a1}-\x{ff}]*$`)
	managedPolicy   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\x21-\x7e]+$`)
)

func checkRole(want iamv1alpha1.RoleSpec) []activities.Invalid {
	invalid := slices.Concat(checkName("a role", want.Name, maxRoleName), checkPath(want.Path), checkTagKeys(want.Tags),
		checkRolePolicies(want), checkInlinePolicies(want))
	refuse := func(path, format string, args ...any) {
		invalid = append(invalid, activities.Invalid{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if err := checkTrust(aws.ToString(want.AssumeRolePolicyDocument)); err != nil {
		refuse("spec.assumeRolePolicyDocument", "%v", err)
	}
	switch text := aws.ToString(want.Description); {
	case utf8.RuneCountInString(text) > maxDescription:
		refuse("spec.description", "has %d characters, AWS takes %d", utf8.RuneCountInString(text), maxDescription)
	case !roleDescription.MatchString(text):
		refuse("spec.description", "has characters outside Latin-1, which AWS does not take for a role")
	}
	if seconds := want.MaxSessionDuration; seconds != nil && (*seconds < minSession || *seconds > maxSession) {
		refuse("spec.maxSessionDuration", "is %d, AWS takes %d to %d seconds", *seconds, minSession, maxSession)
	}
	if boundary := want.PermissionsBoundary; boundary != nil && !managedPolicy.MatchString(*boundary) {
		refuse("spec.permissionsBoundary", "%q is not the ARN of a managed policy", *boundary)
	}
	return invalid
}

func checkRolePolicies(want iamv1alpha1.RoleSpec) (invalid []activities.Invalid) {
	seen := map[string]bool{}
	for i, arn := range want.Policies {
		message := ""
		switch {
		case arn == nil || !managedPolicy.MatchString(*arn):
			message = fmt.Sprintf("%q is not the ARN of a managed policy", aws.ToString(arn))
		case seen[*arn]:
			message = *arn + " is there twice"
		}
		if message != "" {
			invalid = append(invalid, activities.Invalid{Path: policyPath(want, i), Message: message})
		}
		seen[aws.ToString(arn)] = true
	}
	if n := max(len(want.Policies), len(want.PolicyRefs)); n > maxRolePolicies {
		path := strings.TrimSuffix(policyPath(want, 0), "[0]")
		invalid = append(invalid, activities.Invalid{Path: path, Message: fmt.Sprintf("has %d policies, AWS takes %d", n, maxRolePolicies)})
	}
	return invalid
}

func checkInlinePolicies(want iamv1alpha1.RoleSpec) (invalid []activities.Invalid) {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(want.InlinePolicies)) {
		document := aws.ToString(want.InlinePolicies[name])
		size += documentSize(document)
		refuse := func(message string) {
			invalid = append(invalid, activities.Invalid{Path: inlinePath(name), Message: message})
		}
		switch {
		case !goodName.MatchString(name):
			refuse(fmt.Sprintf("the name %q has characters other than letters, digits and _+=,.@-", name))
		case len(name) > maxInlineName:
			refuse(fmt.Sprintf("the name has %d characters, AWS takes %d", len(name), maxInlineName))
		}
		if err := checkDocument(document, maxInline); err != nil {
			refuse(err.Error())
		}
	}
	if len(want.InlinePolicies) > 1 && size > maxInline {
		invalid = append(invalid, activities.Invalid{Path: "spec.inlinePolicies", Message: fmt.Sprintf(
			"have %d characters together besides white space, AWS takes %d", size, maxInline)})
	}
	return invalid
}
