// Package finding reports what AWS would refuse about a spec. A finding names the field in our
// words, and quotes AWS's own, which users match.
package finding

import "fmt"

// Finding is a field that AWS would refuse. New creates one: each has AWS's answer, or the reason
// why the answer is unknown.
type Finding struct {
	Path    string // "spec.ingressRules[1].ipRanges[0].cidrIP"
	Message string
	// Code and Answer are AWS's answer to the field.
	Code, Answer string
	// Unsaid is why there is no code; empty where there is one.
	Unsaid Unsaid
}

// Unsaid is why a finding has no code of AWS's.
type Unsaid string

// The reasons.
const (
	// Undocumented is for values that AWS's pages forbid without documenting how it refuses them.
	Undocumented Unsaid = "AWS documents no code for it"
	// OurRule is for values that AWS would accept and Tack does not.
	OurRule Unsaid = "the rule is ours"
)

// Answer is AWS's answer to a field.
type Answer struct {
	code, text string
	unsaid     Unsaid
}

// Says returns AWS's code and message.
func Says(code, format string, args ...any) Answer {
	return Answer{code: code, text: fmt.Sprintf(format, args...)}
}

// Silent is for an answer that is not known.
func Silent(why Unsaid) Answer { return Answer{unsaid: why} }

// New returns a finding about a field, with AWS's answer.
func New(path string, a Answer, format string, args ...any) Finding {
	return Finding{Path: path, Message: fmt.Sprintf(format, args...), Code: a.code, Answer: a.text, Unsaid: a.unsaid}
}

// String returns the finding in words: the field, the fault, AWS's answer.
func (f Finding) String() string {
	text := f.Path + ": " + f.Message
	if f.Code != "" {
		text += ": " + f.Code + ": " + f.Answer
	}
	return text
}

// Words returns findings in words.
func Words(findings []Finding) []string {
	words := make([]string, 0, len(findings))
	for _, f := range findings {
		words = append(words, f.String())
	}
	return words
}
