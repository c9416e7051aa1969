package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// protectRole refuses changes of the role of an AWS service, which only the
// service makes. Moto makes them.
var protectRole = correction{before: func(x *exchange) *answer {
	name := x.form.Get("RoleName")
	for _, arn := range elements(x.ask("GetRole", url.Values{"RoleName": {name}}).body, "Arn") {
		if strings.Contains(arn, ":role/aws-service-role/") {
			return x.badRequest("UnmodifiableEntity",
				"Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", name)
		}
	}
	return nil
}}

// uniqueName refuses the name of a user or a group that differs from another
// one in letter case only: IAM compares without regard to it, moto with.
func uniqueName(param, list, what string) correction {
	return correction{before: func(x *exchange) *answer {
		name := x.form.Get(param)
		return x.eachNamed(list, param, func(other string) *answer {
			if strings.EqualFold(other, name) {
				return x.refuse(http.StatusConflict, "EntityAlreadyExists", fmt.Sprintf("%s with name %s already exists.", what, name))
			}
			return nil
		})
	}}
}
