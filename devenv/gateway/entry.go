package gateway

import (
	"strings"
	"time"
)

// Entry is one call in the journal.
type Entry struct {
	// Seq counts the calls from 1, across restarts.
	Seq  int64     `json:"seq"`
	Time time.Time `json:"time"`
	// Account is the principal's. Region and Service come from the signature.
	Account string `json:"account"`
	Region  string `json:"region"`
	Service string `json:"service"`
	// Principal is the ARN of the user or the assumed role.
	Principal   string `json:"principal"`
	AccessKeyID string `json:"accessKeyId"`
	Action      string `json:"action"`
	// Owner is the value of the owner tag in the request. A request without it
	// has the owner of the resource that it names.
	Owner string `json:"owner,omitempty"`
	// SessionName and ExternalID are parameters of an AssumeRole.
	SessionName string `json:"sessionName,omitempty"`
	ExternalID  string `json:"externalId,omitempty"`
	// Token is the ClientToken.
	Token string `json:"token,omitempty"`
	// Created are the ids of the resources that an accepted create made.
	// Resources are these, followed by those that the request names.
	Created   []string `json:"created,omitempty"`
	Resources []string `json:"resources,omitempty"`
	// Parts are the ids that the call gave to a part of a resource, such as a new
	// association. A later call may name the part alone.
	Parts []string `json:"parts,omitempty"`
	// Mentions are all resources that the request names in any parameter.
	Mentions []string `json:"mentions,omitempty"`
	// Params are the parameters of a call that changes something, if the query asks for them: see the
	// function Params.
	Params map[string]string `json:"params,omitzero"`
	// TagKeys are the keys of the tags that the request would set or remove. SystemTags are those of AWS's
	// own tags: they begin with "aws:", in any letter case.
	TagKeys    []string `json:"tagKeys,omitempty"`
	SystemTags []string `json:"systemTags,omitempty"`
	// Status is the HTTP status, or 0 while there is no answer.
	Status int `json:"status"`
	// Code is the AWS error code of a refusal.
	Code string `json:"code,omitempty"`
	// Accepted means that AWS carried out the call, whether or not the client
	// received the answer.
	Accepted bool `json:"accepted"`
	// Replayed means that AWS repeated an earlier answer for the token. Such a
	// call made nothing, and does not count as an accepted create.
	Replayed bool `json:"replayed,omitempty"`
	// Fault is the fault that a rule applied.
	Fault Fault `json:"fault,omitempty"`
	// Delivered means that the gateway sent the answer to the client.
	Delivered bool `json:"delivered"`
	// Mutation means that the call changes something in AWS.
	Mutation bool `json:"mutation"`
	// Milliseconds is how long the client waited.
	Milliseconds float64 `json:"milliseconds"`
}

// answered records an answer that the gateway is about to deliver.
func (e *Entry) answered(a *answer) {
	e.Status, e.Code, e.Accepted, e.Replayed = a.status, a.code, a.ok(), a.replayed
	e.Delivered = true
	e.Milliseconds = sinceMS(e.Time)
}

// Query selects entries. An empty field selects all.
type Query struct {
	Owner, Action, Account, Principal string
	// Since selects the entries after a sequence number.
	Since int64
	// Mutation selects only calls that change something.
	Mutation bool
	// Params asks for the parameters of the requests.
	Params bool
}

func (q Query) selects(e *Entry) bool {
	return e.Seq > q.Since &&
		(q.Owner == "" || SameOwner(e.Owner, q.Owner)) &&
		(q.Action == "" || q.Action == e.Action) &&
		(q.Account == "" || q.Account == e.Account) &&
		(q.Principal == "" || q.Principal == e.Principal) &&
		(!q.Mutation || e.Mutation)
}

// created reports whether the call made a resource.
func (e *Entry) created() bool {
	return e.Accepted && !e.Replayed && len(e.Created) > 0
}

// tags reports whether the call set tags.
func (e *Entry) tags() bool {
	return e.Accepted && (e.Action == "CreateTags" || strings.HasPrefix(e.Action, "Tag"))
}

// Count is the number of calls of one action by one principal.
type Count struct {
	Account   string `json:"account"`
	Principal string `json:"principal"`
	Action    string `json:"action"`
	Accepted  int    `json:"accepted"`
	Refused   int    `json:"refused"`
}
