package awsmodel

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// scalar compares a single value with its type, its enum and its bounds.
func (c *check) scalar(s *shape, path string, n *node) {
	if len(n.children) > 0 {
		c.unknown(n.example(path))
		return
	}
	switch s.Type {
	case "boolean":
		if n.value != "true" && n.value != "false" {
			c.invalid(path, n.value, "Member must be a boolean")
		}
	case "integer", "long", "double", "float":
		number, err := strconv.ParseFloat(n.value, 64)
		if _, notWhole := strconv.ParseInt(n.value, 10, 64); err != nil || s.whole() && notWhole != nil {
			c.invalid(path, n.value, "Member must be a number")
			return
		}
		c.bounds(s, path, number, n.value)
	case "string":
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, n.value) {
			c.invalid(path, n.value, "Member must satisfy enum value set: ["+strings.Join(s.Enum, ", ")+"]")
		}
		c.size(s, path, utf8.RuneCountInString(n.value), n.value)
		if s.Pattern != "" && !matches(s.Pattern, n.value) {
			c.invalid(path, n.value, "Member must satisfy regular expression pattern: "+s.Pattern)
		}
	default: // timestamp, blob
		c.encoded(s, path, n.value)
	}
}

// encoded checks the text of a time or of binary data.
func (c *check) encoded(s *shape, path, value string) {
	if s.Type == "timestamp" {
		if !isTime(value) {
			c.invalid(path, value, "Member must be a timestamp")
		}
		return
	}
	if _, err := base64.StdEncoding.DecodeString(value); err != nil {
		c.invalid(path, value, "Member must be base64")
	}
}

// isTime reports whether a text is a time in a format that AWS accepts: ISO 8601, or seconds since
// 1970.
func isTime(text string) bool {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

func (s *shape) whole() bool { return s.Type == "integer" || s.Type == "long" }

// size compares the length of a string or list with its bounds.
func (c *check) size(s *shape, path string, n int, value string) {
	if s.Min != nil && float64(n) < *s.Min {
		c.invalid(path, value, fmt.Sprintf("Member must have length greater than or equal to %.0f", *s.Min))
	}
	if s.Max != nil && float64(n) > *s.Max {
		c.invalid(path, value, fmt.Sprintf("Member must have length less than or equal to %.0f", *s.Max))
	}
}

// bounds compares a number with its bounds.
func (c *check) bounds(s *shape, path string, number float64, value string) {
	if s.Min != nil && number < *s.Min {
		c.invalid(path, value, fmt.Sprintf("Member must have value greater than or equal to %.0f", *s.Min))
	}
	if s.Max != nil && number > *s.Max {
		c.invalid(path, value, fmt.Sprintf("Member must have value less than or equal to %.0f", *s.Max))
	}
}

// Patterns have Java's syntax, which allows \u0020 for a character, and lookahead.
var javaCharacter = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

var patterns sync.Map // of *regexp.Regexp; nil if Go does not support the pattern

func matches(pattern, value string) bool {
	known, ok := patterns.Load(pattern)
	if !ok {
		known, _ = patterns.LoadOrStore(pattern, compile(pattern))
	}
	expression, _ := known.(*regexp.Regexp)
	return expression == nil || expression.MatchString(value)
}

// innerStart is a start of the text behind its first characters, which nothing matches. AWS's model has
// it by mistake, for the ARN of a placement group.
const innerStart = "/^"

// compile returns nil for a pattern that Go does not support.
func compile(pattern string) *regexp.Regexp {
	pattern = strings.ReplaceAll(pattern, innerStart, "/")
	expression, err := regexp.Compile(`^(?:` + javaCharacter.ReplaceAllString(pattern, `\x{$1}`) + `)$`)
	if err != nil {
		return nil
	}
	return expression
}
