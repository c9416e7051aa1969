package awserror

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// repeated is how many characters of a secret a message must contain to count as repeating it: AWS
// shortens what it repeats.
const repeated = 16

// Discreet returns err, or an error with the same code but without AWS's message if that repeats a
// secret of the request. Otherwise "Value (…) for parameter userData is invalid" would appear in
// conditions, events and logs.
func Discreet(err error, secrets []string, request json.RawMessage) error {
	var api smithy.APIError
	if len(secrets) == 0 || !errors.As(err, &api) {
		return err
	}
	var tree any
	if json.Unmarshal(request, &tree) != nil {
		return err // the request was not sent then
	}
	for _, value := range textsIn(tree, secrets, false) {
		decoded, _ := base64.StdEncoding.DecodeString(value) // user data is sent in base64
		if repeats(api.ErrorMessage(), value) || repeats(api.ErrorMessage(), string(decoded)) {
			return silenced{error: err, api: api}
		}
	}
	return err
}

// textsIn returns the texts in and below the fields with those names, at any depth. A change of
// user data is sent as {"UserData": {"Value": "…"}}.
func textsIn(tree any, names []string, below bool) (texts []string) {
	switch tree := tree.(type) {
	case string:
		if below {
			texts = append(texts, tree)
		}
	case map[string]any:
		for name, child := range tree {
			texts = append(texts, textsIn(child, names, below || slices.Contains(names, name))...)
		}
	case []any:
		for _, child := range tree {
			texts = append(texts, textsIn(child, names, below)...)
		}
	}
	return texts
}

// repeats reports whether a message contains a secret, or a good part of it.
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
	return "AWS refused the request; its message is omitted because it repeats a secret field"
}
