package awserror

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// explained is AWS's refusal with additional text.
type explained struct {
	smithy.APIError
	cause error
	more  string
}

// Explained returns err with more appended to AWS's message.
func Explained(err error, more string) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	return &explained{APIError: api, cause: err, more: more}
}

func (e *explained) Error() string { return e.cause.Error() + " " + e.more }

func (e *explained) Unwrap() error { return e.cause }

// ErrorMessage returns AWS's message with the additional text.
func (e *explained) ErrorMessage() string {
	return strings.TrimRight(e.APIError.ErrorMessage(), ". ") + ". " + e.more
}
