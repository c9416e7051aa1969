package awsmodel

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Codes of refusals: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// for EC2, https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html for IAM and STS.
const (
	invalidValue    = "InvalidParameterValue"
	unknownName     = "UnknownParameter"
	missingName     = "MissingParameter"
	validationError = "ValidationError"
)

// finding is one error in a request, with EC2's message and IAM's.
type finding struct{ code, message, constraint string }

func (c *check) unknown(path string) {
	c.found = append(c.found, finding{
		code: unknownName, message: fmt.Sprintf("The parameter %s is not recognized", path),
		constraint: fmt.Sprintf("The parameter '%s' is not recognized", path),
	})
}

func (c *check) missing(path string) {
	c.found = append(c.found, finding{
		code: missingName, message: "The request must contain the parameter " + path,
		constraint: fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(path)),
	})
}

func (c *check) invalid(path, value, constraint string) {
	c.found = append(c.found, finding{
		code: invalidValue, message: fmt.Sprintf("Value (%s) for parameter %s is invalid. %s.", value, lowerFirst(path), constraint),
		constraint: fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: %s", value, lowerFirst(path), constraint),
	})
}

// refusal returns the refusal of a request. EC2 reports the first error, IAM and STS
// report all.
func (c *check) refusal() *Refusal {
	switch {
	case len(c.found) == 0:
		return nil
	case !c.query:
		return &Refusal{c.found[0].code, c.found[0].message}
	}
	var all []string
	for _, f := range c.found {
		all = append(all, f.constraint)
	}
	errors := "error"
	if len(all) > 1 {
		errors = "errors"
	}
	return &Refusal{validationError, fmt.Sprintf("%d validation %s detected: %s", len(all), errors, strings.Join(all, "; "))}
}

// lowerFirst lowers the first letter of each part of a name, as in AWS's messages:
// roleName.
func lowerFirst(path string) string {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		r, size := utf8.DecodeRuneInString(part)
		parts[i] = string(unicode.ToLower(r)) + part[size:]
	}
	return strings.Join(parts, ".")
}
