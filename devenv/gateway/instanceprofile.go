package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var createInstanceProfile = correction{before: func(x *exchange) *answer {
	name := x.form.Get("InstanceProfileName")
	if !policyName.MatchString(name) { // the pattern and the length are those of a policy
		return x.badRequest("ValidationError", "The specified value for instanceProfileName is invalid: %q", name)
	}
	if a := x.checkPath(); a != nil {
		return a
	}
	// Moto takes two names that differ in case only.
	return x.eachNamed("ListInstanceProfiles", "InstanceProfileName", func(other string) *answer {
		if strings.EqualFold(other, name) {
			return x.refuse(http.StatusConflict, "EntityAlreadyExists", fmt.Sprintf("Instance Profile %s already exists.", name))
		}
		return nil
	})
}}

// removeRoleFromProfile refuses a role that is not in the profile. Moto fails.
var removeRoleFromProfile = correction{before: func(x *exchange) *answer {
	name, role := x.form.Get("InstanceProfileName"), x.form.Get("RoleName")
	a := x.ask("GetInstanceProfile", url.Values{"InstanceProfileName": {name}})
	if !a.ok() {
		return a
	}
	if !slices.Contains(elements(a.body, "RoleName"), role) {
		return x.refuse(http.StatusNotFound, "NoSuchEntity", fmt.Sprintf("Role %s is not in instance profile %s.", role, name))
	}
	return nil
}}
