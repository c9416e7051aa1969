// Package finding says what AWS would refuse about a spec: where, in our words, and
// in AWS's own, which users match.
package finding

import "fmt"

// Finding is a field that AWS would refuse. New makes one: there is none without what
// AWS answers, or why that is not known.
type Finding struct {
	Path    string // "spec.ingressRules[1].ipRanges[0].cidrIP"
	Message string
	// Code and Answer are what AWS says to it.
	Code, Answer string
	// Unsaid is why there is no code; empty where there is one.
	Unsaid Unsaid
}

// Unsaid is why a finding has no code of AWS's.
type Unsaid string

// The reasons.
const (
	// Undocumented is for what AWS's pages forbid without a word on how it is refused.
	Undocumented Unsaid = "AWS documents no code for it"
	// OurRule is for what AWS would take and we do not.
	OurRule Unsaid = "the rule is ours"
)

// Answer is what AWS says to a field.
type Answer struct {
	code, text string
	unsaid     Unsaid
}

// Says is AWS's code and message.
func Says(code, format string, args ...any) Answer {
	return Answer{code: code, text: fmt.Sprintf(format, args...)}
}

// Silent is for an answer that is not known.
func Silent(why Unsaid) Answer { return Answer{unsaid: why} }

// New is a finding about a field, with AWS's answer.
func New(path string, a Answer, format string, args ...any) Finding {
	return Finding{Path: path, Message: fmt.Sprintf(format, args...), Code: a.code, Answer: a.text, Unsaid: a.unsaid}
}

// String is the finding in words: the field, what is wrong, AWS's answer.
func (f Finding) String() string {
	text := f.Path + ": " + f.Message
	if f.Code != "" {
		text += ": " + f.Code + ": " + f.Answer
	}
	return text
}
