package gateway

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
)

// exchange is one call while moto's lock is held.
type exchange struct {
	*call
	moto *upstream
}

// scoped is the key of something that is unique in an account and Region.
func (x *exchange) scoped(id string) string {
	return x.identity.account() + "/" + x.region + "/" + id
}

func (x *exchange) dryRun() bool {
	return x.service == serviceEC2 && x.form.Get("DryRun") == "true"
}

// broken is for answers of moto that aren't what its version 5.2.5 gives.
func (x *exchange) broken(err error) *answer {
	return x.refuse(http.StatusNotImplemented, "NotImplemented", fmt.Sprintf("correcting %s: %v", x.action, err))
}

// root is the name of the element that an answer of EC2 consists of.
func (x *exchange) root() xml.Name {
	return xml.Name{Space: "http://ec2.amazonaws.com/doc/2016-11-15/", Local: x.action + "Response"}
}

type trueResponse struct {
	XMLName xml.Name
	ID      string `xml:"requestId"`
	Return  bool   `xml:"return"`
}

// answerTrue is the answer of EC2 actions that return nothing else.
func (x *exchange) answerTrue() *answer {
	return &answer{status: http.StatusOK, body: encode(trueResponse{XMLName: x.root(), ID: requestID(), Return: true})}
}

// ask reads moto's state on behalf of the call.
func (x *exchange) ask(action string, params url.Values) *answer {
	form := url.Values{"Action": {action}, "Version": x.form["Version"]}
	maps.Copy(form, params)
	return x.moto.send(x.call, form)
}

// correction makes one action answer as AWS does. Each part may be nil.
type correction struct {
	// before may refuse the call with an answer, or change its form.
	before func(*exchange) *answer
	// after may replace moto's answer to an accepted call.
	after func(*exchange, *answer) *answer
}

// correct asks moto with the corrections of the action around it.
func correct(x *exchange) *answer {
	fix := corrections[x.action]
	if fix.before != nil {
		if a := fix.before(x); a != nil {
			return a
		}
	}
	// Moto ignores DryRun for most actions and carries them out. AWS answers
	// 412 when the call would have been allowed.
	if x.dryRun() {
		return x.refuse(http.StatusPreconditionFailed, "DryRunOperation",
			"Request would have succeeded, but DryRun flag is set.")
	}
	a := x.moto.send(x.call, x.form)
	if !a.ok() {
		return a
	}
	if x.service == serviceIAM {
		a = encodeDocuments(a)
	}
	if fix.after != nil {
		return fix.after(x, a)
	}
	return a
}

// corrections by action. EC2 and IAM share no name among them.
var corrections = map[string]correction{
	"CreatePolicy":                  createPolicy,
	"CreatePolicyVersion":           {before: checkPolicyDocument, after: without("Document")},
	"ListPolicyVersions":            {after: without("Document")},
	"ListPolicies":                  {after: without("Description", "Tags")},
	"GetPolicy":                     getPolicy,
	"ListEntitiesForPolicy":         listEntities,
	"DeletePolicy":                  deletePolicy,
	"CreateRole":                    createRole,
	"UpdateRole":                    {before: checkRoleSettings},
	"UpdateAssumeRolePolicy":        {before: checkTrustPolicy},
	"PutRolePermissionsBoundary":    {before: checkBoundary},
	"AttachRolePolicy":              attachRolePolicy,
	"DeleteRole":                    protectRole,
	"TagRole":                       setTags("RoleName", "GetRole"),
	"UntagRole":                     removeTags("RoleName", "GetRole"),
	"TagPolicy":                     setTags("PolicyArn", "GetPolicy"),
	"TagInstanceProfile":            setTags("InstanceProfileName", "GetInstanceProfile"),
	"UntagInstanceProfile":          removeTags("InstanceProfileName", "GetInstanceProfile"),
	"CreateUser":                    uniqueName("UserName", "ListUsers", "User"),
	"CreateGroup":                   uniqueName("GroupName", "ListGroups", "Group"),
	"CreateInstanceProfile":         createInstanceProfile,
	"RemoveRoleFromInstanceProfile": removeRoleFromProfile,
	"ListInstanceProfiles":          {after: without("Tags")},
	"ListRoles":                     {after: without("Tags", "PermissionsBoundary", "RoleLastUsed")},
}
