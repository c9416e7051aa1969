package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Faults of permission and credentials. AWS receives the call and refuses it.
const (
	// FaultDeny refuses a call as its service refuses one without permission.
	FaultDeny Fault = "deny"
	// FaultExpire refuses credentials that AssumeRole issued before the rule was
	// added. The client must get new ones.
	FaultExpire Fault = "expire"
)

// expires reports whether these are temporary credentials issued before a time. Those of a user do
// not expire.
func (i identity) expires(before time.Time) bool {
	return strings.Contains(i.SessionARN, ":assumed-role/") && i.Issued.Before(before)
}

// denied returns each service's refusal of a call without permission.
func (c *call) denied() *answer {
	if c.service == serviceEC2 {
		return c.refuse(http.StatusForbidden, "UnauthorizedOperation", "You are not authorized to perform this operation.")
	}
	resource := "*"
	if role := c.form.Get("RoleArn"); role != "" {
		resource = role
	}
	return c.refuse(http.StatusForbidden, "AccessDenied",
		fmt.Sprintf("User: %s is not authorized to perform: %s:%s on resource: %s", c.identity.SessionARN, c.service, c.action, resource))
}

// expired returns each service's refusal of expired credentials.
func (c *call) expired() *answer {
	if c.service == serviceEC2 {
		return c.badRequest("RequestExpired", "Request has expired.")
	}
	return c.refuse(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
}
