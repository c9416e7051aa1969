package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// sameDocument compares policy documents by what they mean: AWS and people write
// a single value as a string or as a list of one, and lists in any order.
func sameDocument(a, b string) bool {
	left, errLeft := canonicalDocument(a)
	right, errRight := canonicalDocument(b)
	if errLeft != nil || errRight != nil {
		return a == b
	}
	return reflect.DeepEqual(left, right)
}

func canonicalDocument(text string) (map[string]any, error) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, fmt.Errorf("reading a policy document: %w", err)
	}
	if doc["Version"] == nil {
		doc["Version"] = "2008-10-17" // what AWS takes a missing one for
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
	return mapped(value, func(v any) any { return sorted(values(v)) })
}

// canonicalCondition sorts the values under each operator and key.
func canonicalCondition(value any) any {
	return mapped(value, func(keys any) any {
		return mapped(keys, func(v any) any { return sorted(values(v)) })
	})
}

// mapped is an object with f applied to each of its values.
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

// values are one value or a list of them, as strings: true is "true" to IAM.
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
		raw, _ := json.Marshal(v) // came from JSON
		out = append(out, string(raw))
	}
	return out
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// maxDocument is AWS's limit for a managed policy; white space is not counted.
const maxDocument = 6144

// checkDocument says what AWS would refuse about a policy document for certain.
func checkDocument(text string) error {
	size := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	if size == 0 {
		return errors.New("is empty")
	}
	if size > maxDocument {
		return fmt.Errorf("has %d characters besides white space, AWS takes %d", size, maxDocument)
	}
	doc, err := object(text)
	if err != nil {
		return err
	}
	if list, ok := doc["Statement"].([]any); doc["Statement"] == nil || ok && len(list) == 0 {
		return errors.New("has no Statement")
	}
	switch version := doc["Version"]; version {
	case nil, "2012-10-17", "2008-10-17":
	default:
		return fmt.Errorf("has the Version %v: AWS knows 2012-10-17 and 2008-10-17", version)
	}
	return nil
}

// object reads one JSON object, or says where it is none.
func object(text string) (map[string]any, error) {
	var doc any
	err := json.Unmarshal([]byte(text), &doc)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := text[:min(int(syntax.Offset), len(text))]
		line := strings.Count(before, "\n") + 1
		column := len(before) - strings.LastIndexByte(before, '\n') - 1
		return nil, fmt.Errorf("is no JSON: line %d, column %d: %w", line, column, err)
	}
	if err != nil {
		return nil, fmt.Errorf("is no JSON: %w", err)
	}
	read, ok := doc.(map[string]any)
	if !ok {
		return nil, errors.New("is no JSON object")
	}
	return read, nil
}
