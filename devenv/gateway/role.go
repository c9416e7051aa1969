package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// roleName is the pattern of IAM's API.
var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

var createRole = correction{before: func(x *exchange) *answer {
	name := x.form.Get("RoleName")
	if !roleName.MatchString(name) {
		return x.badRequest("ValidationError", "The specified value for roleName is invalid: %q", name)
	}
	if a := x.checkPath(); a != nil {
		return a
	}
	if a := checkRoleSettings(x); a != nil {
		return a
	}
	if a := checkTrustPolicy(x); a != nil {
		return a
	}
	if a := checkBoundary(x); a != nil {
		return a
	}
	// Moto takes two names that differ in case only.
	return x.eachNamed("ListRoles", "RoleName", func(other string) *answer {
		if strings.EqualFold(other, name) {
			return x.refuse(http.StatusConflict, "EntityAlreadyExists", fmt.Sprintf("Role with name %s already exists.", name))
		}
		return nil
	})
}}

func (x *exchange) checkPath() *answer {
	if path := x.form.Get("Path"); path != "" && !policyPath.MatchString(path) {
		return x.badRequest("ValidationError", "The specified value for path is invalid: %q", path)
	}
	return nil
}

// checkRoleSettings refuses what CreateRole and UpdateRole do not take.
func checkRoleSettings(x *exchange) *answer {
	if len(x.form.Get("Description")) > 1000 {
		return x.badRequest("ValidationError", "The description is longer than 1000 characters")
	}
	if length := x.form.Get("MaxSessionDuration"); length != "" {
		if n, err := strconv.Atoi(length); err != nil || n < 3600 || n > 43200 {
			return x.badRequest("ValidationError", "Value %q at 'maxSessionDuration' is not between 3600 and 43200", length)
		}
	}
	return nil
}

// checkTrustPolicy refuses what moto does not look at when it makes a role.
func checkTrustPolicy(x *exchange) *answer {
	var parsed struct {
		Statement json.RawMessage
	}
	var statements []map[string]any
	var one map[string]any
	text := []byte(x.form.Get("AssumeRolePolicyDocument") + x.form.Get("PolicyDocument")) // of CreateRole, or of the update
	switch {
	case json.Unmarshal(text, &parsed) != nil:
		return x.badRequest("MalformedPolicyDocument", "This policy contains invalid Json")
	case json.Unmarshal(parsed.Statement, &one) == nil:
		statements = append(statements, one)
	case json.Unmarshal(parsed.Statement, &statements) != nil:
		return x.badRequest("MalformedPolicyDocument", "Syntax errors in policy.")
	}
	for _, s := range statements {
		switch {
		case s["Principal"] == nil && s["NotPrincipal"] == nil:
			return x.badRequest("MalformedPolicyDocument", "Missing required field Principal")
		case s["Resource"] != nil || s["NotResource"] != nil:
			return x.badRequest("MalformedPolicyDocument", "Has prohibited field Resource")
		}
	}
	return nil
}

// checkBoundary refuses a boundary that is not there. Moto takes any.
func checkBoundary(x *exchange) *answer {
	arn := x.form.Get("PermissionsBoundary")
	if arn == "" || strings.Contains(arn, ":iam::aws:") { // moto has AWS's own policies on request only
		return nil
	}
	if !x.ask("GetPolicy", url.Values{"PolicyArn": {arn}}).ok() {
		return x.refuse(http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("Scope ARN: %s does not exist or is not attachable.", arn))
	}
	return nil
}

// eachNamed goes through the names in a list of IAM until one gives an answer.
func (x *exchange) eachNamed(list, element string, do func(name string) *answer) *answer {
	for marker := ""; ; {
		params := url.Values{"MaxItems": {"1000"}}
		if marker != "" {
			params.Set("Marker", marker)
		}
		a := x.ask(list, params)
		if !a.ok() {
			return a
		}
		for _, name := range elements(a.body, element) {
			if refused := do(name); refused != nil {
				return refused
			}
		}
		markers := elements(a.body, "Marker")
		if len(markers) == 0 {
			return nil
		}
		marker = markers[0]
	}
}

// attachRolePolicy takes a policy off before it is attached again: moto counts a
// repeat as another attachment.
var attachRolePolicy = correction{before: func(x *exchange) *answer {
	x.ask("DetachRolePolicy", url.Values{"RoleName": {x.form.Get("RoleName")}, "PolicyArn": {x.form.Get("PolicyArn")}})
	return nil
}}
