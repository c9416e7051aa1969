package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
)

// sameDocument compares policy documents by meaning. AWS and people write a single value as a
// string or as a list of one, and lists in any order.
func sameDocument(a, b string) bool {
	left, errLeft := canonicalDocument(a)
	right, errRight := canonicalDocument(b)
	if errLeft != nil || errRight != nil {
		return a == b
	}
	return reflect.DeepEqual(left, right)
}

func canonicalDocument(text string) (map[string]any, error) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("reading a policy document: %w", err)
	}
	if doc["Version"] == nil {
		doc["Version"] = "2008-10-17" // AWS's default for a missing version
	}
	statements, list := doc["Statement"].([]any)
	if !list && doc["Statement"] != nil {
		statements = []any{doc["Statement"]}
	}
	for i, s := range statements {
		if statement, ok := s.(map[string]any); ok {
			statements[i] = canonicalStatement(statement)
		}
	}
	doc["Statement"] = statements
	return doc, nil
}

func canonicalStatement(s map[string]any) map[string]any {
	for key, value := range s {
		switch key {
		case "Action", "NotAction":
			actions := values(value)
			for i := range actions {
				actions[i] = strings.ToLower(actions[i]) // IAM ignores their case
			}
			s[key] = sorted(actions)
		case "Resource", "NotResource":
			s[key] = sorted(values(value))
		case "Principal", "NotPrincipal":
			s[key] = canonicalPrincipal(value)
		case "Condition":
			s[key] = canonicalCondition(value)
		}
	}
	return s
}

func canonicalPrincipal(value any) any {
	if value == "*" {
		value = map[string]any{"AWS": "*"}
	}
	return mapped(value, func(v any) any {
		who := values(v)
		for i := range who {
			// AWS shows an account id as the ARN of the account.
			if m := accountPrincipal.FindStringSubmatch(who[i]); m != nil {
				who[i] = m[1]
			}
		}
		return sorted(who)
	})
}

var accountPrincipal = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}):root$`)

// canonicalCondition sorts the values under each operator and key.
func canonicalCondition(value any) any {
	return mapped(value, func(keys any) any {
		return mapped(keys, func(v any) any { return sorted(values(v)) })
	})
}

// mapped returns an object with f applied to each of its values.
func mapped(value any, f func(any) any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	out := map[string]any{}
	for key, v := range object {
		out[key] = f(v)
	}
	return out
}

// values returns one value or a list of them, as strings: true is "true" to IAM.
func values(value any) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
			continue
		}
		raw, _ := json.Marshal(v) // decoded from JSON
		out = append(out, string(raw))
	}
	return out
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

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
	doc, err := object(text)
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
	doc, err := canonicalDocument(text)
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

// object decodes one JSON object, or reports where the text is not one.
func object(text string) (map[string]any, error) {
	var doc any
	err := json.Unmarshal([]byte(text), &doc)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := text[:min(int(syntax.Offset), len(text))]
		line := strings.Count(before, "\n") + 1
		column := len(before) - strings.LastIndexByte(before, '\n') - 1
		return nil, fmt.Errorf("is not valid JSON: line %d, column %d: %w", line, column, err)
	}
	if err != nil {
		return nil, fmt.Errorf("is not valid JSON: %w", err)
	}
	read, ok := doc.(map[string]any)
	if !ok {
		return nil, errors.New("is not a JSON object")
	}
	return read, nil
}
