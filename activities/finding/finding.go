// Package finding says what AWS would refuse about a spec: where, in our words, and
// in AWS's own, which users match.
package finding

import "fmt"

// Finding is a field that AWS would refuse.
type Finding struct {
	Path    string // "spec.ingressRules[1].ipRanges[0].cidrIP"
	Message string
	// Code and Answer are what AWS says to it, where that is known.
	Code, Answer string
}

// Says adds AWS's own code and message.
func (f *Finding) Says(code, format string, args ...any) {
	f.Code, f.Answer = code, fmt.Sprintf(format, args...)
}

// String is the finding in words: the field, what is wrong, AWS's answer.
func (f Finding) String() string {
	text := f.Path + ": " + f.Message
	if f.Code != "" {
		text += ": " + f.Code + ": " + f.Answer
	}
	return text
}
