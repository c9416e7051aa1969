// Package optional reads fields that may be unset. An empty text means unset, as with ACK.
package optional

import "github.com/aws/aws-sdk-go-v2/aws"

// Given reports whether a text is set.
func Given(text *string) bool { return aws.ToString(text) != "" }

// Count returns how many of the texts are set.
func Count(texts ...*string) (n int) {
	for _, text := range texts {
		if Given(text) {
			n++
		}
	}
	return n
}

// Text returns the text, or nil if it is empty.
func Text(text *string) *string {
	if Given(text) {
		return text
	}
	return nil
}

// Of returns a text as a field; nil if it is empty.
func Of(text string) *string { return Text(&text) }

// Int32 returns a number in the SDK's type. A check bounds the value.
func Int32(n *int64) *int32 {
	if n == nil {
		return nil
	}
	return aws.Int32(int32(*n))
}
