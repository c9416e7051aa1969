package iam

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/documents"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
)

// decodeDocument returns a document as it was before AWS percent-encoded it; a plus sign remains a
// plus sign.
func decodeDocument(encoded *string) (string, error) {
	text, err := url.PathUnescape(aws.ToString(encoded))
	if err != nil {
		return "", fmt.Errorf("decoding a policy document: %w", err)
	}
	return text, nil
}

// AWS's limits for a managed policy and for all inline policies of a role. No quota request can
// raise them. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// A trust policy has a quota that can be raised: AWS reports when it is exceeded.
const (
	maxDocument = 6144
	maxInline   = 10240
)

// flaw is what AWS refuses about a document: in words, with its answer.
type flaw struct {
	words  string
	answer finding.Answer
}

func (f *flaw) Error() string { return f.words }

// malformed is a flaw that IAM answers with MalformedPolicyDocument.
func malformed(answer, format string, args ...any) error {
	return &flaw{words: fmt.Sprintf(format, args...), answer: finding.Says("MalformedPolicyDocument", "%s", answer)}
}

// Messages of IAM's policy validator.
const (
	badSyntax  = "Syntax errors in policy."
	badJSON    = "This policy contains invalid Json"
	badVersion = "The policy must contain a valid version string."
)

// invalidDocument returns a finding about a document.
func invalidDocument(path string, err error) kind.Invalid {
	answer := finding.Says("MalformedPolicyDocument", badSyntax)
	if f, ok := errors.AsType[*flaw](err); ok {
		answer = f.answer
	}
	return finding.New(path, answer, "%s", err)
}

// documentSize counts as AWS does: without white space.
func documentSize(text string) int {
	size := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	return size
}

// checkDocument reports what AWS would certainly refuse about a policy document.
func checkDocument(text string, most int) error {
	size := documentSize(text)
	if size == 0 {
		return malformed(badJSON, "is empty")
	}
	if size > most {
		return &flaw{
			words:  fmt.Sprintf("has %d characters besides white space, AWS allows %d", size, most),
			answer: finding.Says(codeLimit, "Cannot exceed quota for PolicySize: %d", most),
		}
	}
	doc, err := documents.Object(text)
	if err != nil {
		return malformed(badJSON, "%v", err)
	}
	if list, ok := doc["Statement"].([]any); doc["Statement"] == nil || ok && len(list) == 0 {
		return malformed(badSyntax, "has no Statement")
	}
	switch version := doc["Version"]; version {
	case nil, "2012-10-17", "2008-10-17":
	default:
		return malformed(badVersion, "has the Version %v: AWS supports 2012-10-17 and 2008-10-17", version)
	}
	return nil
}

// checkTrust reports what AWS would certainly refuse about a trust policy.
func checkTrust(text string) error {
	if err := checkDocument(text, math.MaxInt); err != nil {
		return err
	}
	doc, err := documents.Canonical(text)
	if err != nil {
		return err
	}
	for i, s := range doc["Statement"].([]any) {
		statement, ok := s.(map[string]any)
		switch {
		case !ok:
			return malformed(badSyntax, "has a Statement that is not a JSON object: number %d", i+1)
		case statement["Principal"] == nil && statement["NotPrincipal"] == nil:
			return malformed("Missing required field Principal", "does not name who may assume the role: Statement %d has no Principal", i+1)
		case statement["Resource"] != nil || statement["NotResource"] != nil:
			return malformed("Has prohibited field Resource", "has a Resource in Statement %d: remove it, because the resource of a trust policy is the role", i+1)
		}
	}
	return nil
}
