// Package documents reads the policy documents of IAM, which other services use too.
package documents

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Same compares policy documents by meaning. AWS and people write a single value as a
// string or as a list of one, and lists in any order.
func Same(a, b string) bool {
	left, errLeft := Canonical(a)
	right, errRight := Canonical(b)
	if errLeft != nil || errRight != nil {
		return a == b
	}
	return reflect.DeepEqual(left, right)
}

// Canonical decodes a document into the one form that all documents of its meaning have.
func Canonical(text string) (map[string]any, error) {
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

// Object decodes one JSON object, or reports where the text is not one.
func Object(text string) (map[string]any, error) {
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
