package activities

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// repeated is how many characters of a secret a message must have in common with
// it to count as repeating it: AWS shortens what it repeats.
const repeated = 16

// discreet is err, or an error of the same code without AWS's message when that
// repeats a secret of the request: "Value (…) for parameter userData is invalid"
// would be read in conditions, events and logs.
func discreet(err error, secrets []string, request json.RawMessage) error {
	var api smithy.APIError
	if len(secrets) == 0 || !errors.As(err, &api) {
		return err
	}
	var tree any
	if json.Unmarshal(request, &tree) != nil {
		return err // then it was not sent
	}
	for _, value := range valuesOf(tree, secrets) {
		decoded, _ := base64.StdEncoding.DecodeString(value) // user data is sent so
		if repeats(api.ErrorMessage(), value) || repeats(api.ErrorMessage(), string(decoded)) {
			return silenced{error: err, api: api}
		}
	}
	return err
}

// valuesOf are the texts in fields of those names, at any depth.
func valuesOf(tree any, names []string) (values []string) {
	switch tree := tree.(type) {
	case map[string]any:
		for name, child := range tree {
			if text, ok := child.(string); ok && slices.Contains(names, name) {
				values = append(values, text)
			}
			values = append(values, valuesOf(child, names)...)
		}
	case []any:
		for _, child := range tree {
			values = append(values, valuesOf(child, names)...)
		}
	}
	return values
}

// repeats says whether a message holds a secret, or a good part of it.
func repeats(message, secret string) bool {
	if secret == "" {
		return false
	}
	window := min(repeated, len(secret))
	for i := 0; i+window <= len(secret); i++ {
		if strings.Contains(message, secret[i:i+window]) {
			return true
		}
	}
	return false
}

// silenced is an API error without its message.
type silenced struct {
	error
	api smithy.APIError
}

func (s silenced) Error() string                 { return s.ErrorCode() + ": " + s.ErrorMessage() }
func (s silenced) Unwrap() error                 { return s.error }
func (s silenced) ErrorCode() string             { return s.api.ErrorCode() }
func (s silenced) ErrorFault() smithy.ErrorFault { return s.api.ErrorFault() }
func (s silenced) ErrorMessage() string {
	return "AWS refused the request; its message repeats a secret field, and is left out"
}
