package iam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// findings collects what IAM would refuse about a spec.
type findings struct{ finding.List }

// unmet returns IAM's answer to a value that a constraint of its API refuses.
func unmet(field, value, constraint string) finding.Answer {
	return finding.Says("ValidationError", "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must %s", value, field, constraint)
}

// null returns IAM's answer to a request without a required member.
func null(field string) finding.Answer {
	return finding.Says("ValidationError", "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", field)
}

// atMost returns the constraint on a length.
func atMost(n int) string { return fmt.Sprintf("have length less than or equal to %d", n) }

// Patterns of IAM's API, as its answers quote them.
const (
	namePattern = `satisfy regular expression pattern: [\w+=,.@-]+`
	pathPattern = `satisfy regular expression pattern: (\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
)

// named is a type of resource that has a name: in words, the field of its requests, and IAM's limit
// for the name. Each limit is that of the field's own type in IAM's API:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
type named struct {
	words, field string
	most         int
}

func (f *findings) checkName(what named, name *string) {
	const path = "spec.name"
	switch text := aws.ToString(name); {
	case name == nil:
		f.Add(path, null(what.field), "%s needs a name", what.words)
	case text == "":
		f.Add(path, unmet(what.field, "", "have length greater than or equal to 1"), "%s needs a name", what.words)
	case !goodName.MatchString(text):
		f.Add(path, unmet(what.field, text, namePattern), "%q has characters other than letters, digits and _+=,.@-", text)
	case len(text) > what.most:
		f.Add(path, unmet(what.field, text, atMost(what.most)), "has %d characters, AWS allows %d", len(text), what.most)
	}
}

// maxDescription is IAM's limit, in characters.
const maxDescription = 1000

func (f *findings) checkDescription(description *string) {
	text := aws.ToString(description)
	if n := utf8.RuneCountInString(text); n > maxDescription {
		f.Add("spec.description", unmet("description", text, atMost(maxDescription)), "has %d characters, AWS allows %d", n, maxDescription)
	}
}

func (f *findings) checkPath(wanted *string) {
	const path = "spec.path"
	switch text := wantedPath(wanted); {
	case !goodPath.MatchString(text):
		f.Add(path, unmet("path", text, pathPattern), "%q does not begin and end with /, or has spaces or characters outside ASCII", text)
	case len(text) > maxPath:
		f.Add(path, unmet("path", text, atMost(maxPath)), "has %d characters, AWS allows %d", len(text), maxPath)
	}
}

// checkRange checks a number.
func (f *findings) checkRange(field string, n *int64, least, most int64, unit string) {
	if n == nil || *n >= least && *n <= most {
		return
	}
	constraint := fmt.Sprintf("have value less than or equal to %d", most)
	if *n < least {
		constraint = fmt.Sprintf("have value greater than or equal to %d", least)
	}
	f.Add("spec."+field, unmet(field, strconv.FormatInt(*n, 10), constraint), "is %d, AWS allows %d to %d %s", *n, least, most, unit)
}

// checkRoleTagKeys finds keys that differ only in case: IAM treats them as equal on a role. Empty
// keys and AWS's own are never sent, so they pass.
func (f *findings) checkRoleTagKeys(spec any) {
	seen := map[string]string{}
	for _, ours := range []string{resource.TagOwner, resource.TagUID, resource.TagIncarnation} {
		seen[ours] = ours
	}
	for i, t := range tagging.In(spec) {
		if t.Key == "" || tagging.Reserved(t.Key) {
			continue
		}
		folded := strings.ToLower(t.Key)
		if other, there := seen[folded]; there && other != t.Key {
			f.Add(fmt.Sprintf("spec.tags[%d].key", i), finding.Says(codeInput, duplicateTags), "%q is the same key as %q: IAM ignores the case of letters", t.Key, other)
		}
		seen[folded] = t.Key
	}
}

var managedPolicy = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\x21-\x7e]+$`)

// badARN is IAM's answer to an invalid ARN of a policy.
const badARN = "ARN %s is not valid."

func (f *findings) checkPolicyARN(path string, arn *string) {
	if text := aws.ToString(arn); !managedPolicy.MatchString(text) {
		f.Add(path, finding.Says(codeInput, badARN, text), "%q is not the ARN of a managed policy", text)
	}
}

// checkBoundary checks a permissions boundary, which a principal may lack.
func (f *findings) checkBoundary(arn *string) {
	if aws.ToString(arn) != "" {
		f.checkPolicyARN("spec.permissionsBoundary", arn)
	}
}

// checkAttached checks ARNs. A policy that is listed twice is attached once.
func (f *findings) checkAttached(policies []*string, refs []*corev1alpha1.AWSResourceReferenceWrapper) {
	for i, arn := range policies {
		f.checkPolicyARN(policyPath(policies, refs, i), arn)
	}
}

// maxInlineName is IAM's limit, in characters.
const maxInlineName = 128

// checkInline checks the inline policies of a principal: what is the principal's type; most limits
// the total size.
func (f *findings) checkInline(what string, name *string, policies map[string]*string, most int) {
	exceeded := finding.Says(codeLimit, "Maximum policy size of %d bytes exceeded for %s %s", most, what, aws.ToString(name))
	size := 0
	for _, policy := range slices.Sorted(maps.Keys(policies)) {
		document, path := aws.ToString(policies[policy]), inlinePath(policy)
		size += documentSize(document)
		switch {
		case !goodName.MatchString(policy):
			f.Add(path, unmet("policyName", policy, namePattern), "the name %q has characters other than letters, digits and _+=,.@-", policy)
		case len(policy) > maxInlineName:
			f.Add(path, unmet("policyName", policy, atMost(maxInlineName)), "the name has %d characters, AWS allows %d", len(policy), maxInlineName)
		}
		if err := checkDocument(document, most); err != nil {
			one := invalidDocument(path, err)
			if one.Code == codeLimit {
				one = finding.New(path, exceeded, "%s", one.Message)
			}
			f.All = append(f.All, one)
		}
	}
	if len(policies) > 1 && size > most {
		f.Add("spec.inlinePolicies", exceeded, "have %d characters in total, without white space; AWS allows %d", size, most)
	}
}

// checkDocument checks a document of a spec with one of the two checks of documents.
func (f *findings) checkDocument(path string, err error) {
	if err != nil {
		f.All = append(f.All, invalidDocument(path, err))
	}
}
