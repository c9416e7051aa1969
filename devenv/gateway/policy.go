package gateway

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// maxPolicySize counts the characters of a managed policy without white space.
const maxPolicySize = 6144

// policyName and policyPath are the patterns of IAM's API.
var (
	policyName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	policyPath = regexp.MustCompile(`^/([\x21-\x7e]{0,510}/)?$`)
)

var createPolicy = correction{before: func(x *exchange) *answer {
	name, path := x.form.Get("PolicyName"), x.form.Get("Path")
	switch {
	case !policyName.MatchString(name):
		return x.badRequest("ValidationError", "The specified value for policyName is invalid: %q", name)
	case path != "" && !policyPath.MatchString(path):
		return x.badRequest("ValidationError", "The specified value for path is invalid: %q", path)
	case len(x.form.Get("Description")) > 1000:
		return x.badRequest("ValidationError", "The description is longer than 1000 characters")
	}
	if a := checkPolicyDocument(x); a != nil {
		return a
	}
	// A name is unique in the account whatever its path and case; moto compares
	// the ARN, which has both.
	return x.eachPolicy(func(p managedPolicy) *answer {
		if strings.EqualFold(p.Name, name) {
			return x.refuse(http.StatusConflict, "EntityAlreadyExists",
				fmt.Sprintf("A policy called %s already exists. Duplicate names are not allowed.", name))
		}
		return nil
	})
}}

// checkPolicyDocument refuses what moto's own check of documents lets pass.
func checkPolicyDocument(x *exchange) *answer {
	document := x.form.Get("PolicyDocument")
	size := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			size++
		}
	}
	if size > maxPolicySize {
		return x.refuse(http.StatusConflict, "LimitExceeded", fmt.Sprintf("Cannot exceed quota for PolicySize: %d", maxPolicySize))
	}
	var parsed struct {
		Statement json.RawMessage
	}
	if json.Unmarshal([]byte(document), &parsed) != nil {
		return x.badRequest("MalformedPolicyDocument", "Syntax errors in policy.")
	}
	statements := []map[string]any{}
	var one map[string]any
	if json.Unmarshal(parsed.Statement, &one) == nil {
		statements = append(statements, one)
	} else if json.Unmarshal(parsed.Statement, &statements) != nil {
		return x.badRequest("MalformedPolicyDocument", "Syntax errors in policy.")
	}
	for _, s := range statements {
		// Only a resource's own policy names who may use it.
		if s["Principal"] != nil || s["NotPrincipal"] != nil {
			return x.badRequest("MalformedPolicyDocument", "Policy document should not specify a principal.")
		}
	}
	return nil
}

type managedPolicy struct {
	Name string `xml:"PolicyName"`
	ARN  string `xml:"Arn"`
}

type policiesResponse struct {
	Policies  []managedPolicy `xml:"ListPoliciesResult>Policies>member"`
	Truncated bool            `xml:"ListPoliciesResult>IsTruncated"`
	Marker    string          `xml:"ListPoliciesResult>Marker"`
}

// eachPolicy goes through the account's own policies until one gives an answer.
func (x *exchange) eachPolicy(do func(managedPolicy) *answer) *answer {
	for marker := ""; ; {
		params := url.Values{"Scope": {"Local"}, "MaxItems": {"1000"}}
		if marker != "" {
			params.Set("Marker", marker)
		}
		a := x.ask("ListPolicies", params)
		if !a.ok() {
			return a
		}
		var r policiesResponse
		if err := xml.Unmarshal(a.body, &r); err != nil {
			return x.broken(fmt.Errorf("decoding moto's policies: %w", err))
		}
		for _, p := range r.Policies {
			if a := do(p); a != nil {
				return a
			}
		}
		if !r.Truncated {
			return nil
		}
		marker = r.Marker
	}
}

// deletePolicy refuses a policy in use or with more than its default version.
// Moto deletes both.
var deletePolicy = correction{before: func(x *exchange) *answer {
	policy := url.Values{"PolicyArn": {x.form.Get("PolicyArn")}}
	a := x.ask("ListEntitiesForPolicy", policy)
	if !a.ok() {
		return a
	}
	for _, element := range []string{"RoleName", "UserName", "GroupName"} {
		if len(elements(a.body, element)) > 0 {
			return x.refuse(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
		}
	}
	bounded, refusal := x.boundedBy(x.form.Get("PolicyArn"))
	switch {
	case refusal != nil:
		return refusal
	case len(bounded) > 0:
		return x.refuse(http.StatusConflict, "DeleteConflict", "Cannot delete a policy attached to entities.")
	}
	if a = x.ask("ListPolicyVersions", policy); !a.ok() {
		return a
	}
	if len(elements(a.body, "VersionId")) > 1 {
		return x.refuse(http.StatusConflict, "DeleteConflict",
			"This policy has more than one version. Before you delete a policy, you must delete the policy's versions.")
	}
	return nil
}}
