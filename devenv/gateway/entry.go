package gateway

import (
	"time"
)

// Entry is one call in the journal.
type Entry struct {
	// Seq counts the calls from 1, across restarts.
	Seq  int64     `json:"seq"`
	Time time.Time `json:"time"`
	// Account is the one of the principal, Region and Service those of the
	// signature.
	Account string `json:"account"`
	Region  string `json:"region"`
	Service string `json:"service"`
	// Principal is the ARN of the user or of the assumed role.
	Principal   string `json:"principal"`
	AccessKeyID string `json:"accessKeyId"`
	Action      string `json:"action"`
	// Owner is the value of the owner tag in the request, or the owner that
	// the named resource was created with.
	Owner string `json:"owner,omitempty"`
	// SessionName and ExternalID are what an AssumeRole asked with.
	SessionName string `json:"sessionName,omitempty"`
	ExternalID  string `json:"externalId,omitempty"`
	// Token is the ClientToken.
	Token string `json:"token,omitempty"`
	// Created are the ids of what an accepted create made, Resources those
	// with the ones that the request names after them.
	Created   []string `json:"created,omitempty"`
	Resources []string `json:"resources,omitempty"`
	// Mentions are all resources that the request names anywhere.
	Mentions []string `json:"mentions,omitempty"`
	// Status is the HTTP status, 0 when there is no answer (yet).
	Status int `json:"status"`
	// Code is the AWS error code of a refusal.
	Code string `json:"code,omitempty"`
	// Accepted says that AWS carried the call out, whether or not the client
	// has heard of it.
	Accepted bool `json:"accepted"`
	// Replayed says that an earlier answer was given again for its token; such
	// a call made nothing and isn't among the accepted creates.
	Replayed bool `json:"replayed,omitempty"`
	// Fault is the kind of fault that was applied.
	Fault Fault `json:"fault,omitempty"`
	// Delivered says that the client was sent the answer.
	Delivered bool `json:"delivered"`
	// Mutation says that the call changes something.
	Mutation bool `json:"mutation"`
	// Milliseconds is how long the client waited, MotoMilliseconds how much of
	// it was moto and the wait for moto.
	Milliseconds     float64 `json:"milliseconds"`
	MotoMilliseconds float64 `json:"motoMilliseconds"`
}

// answered notes an answer that is about to be delivered.
func (e *Entry) answered(a *answer, motoMS float64) {
	e.Status, e.Code, e.Accepted, e.Replayed = a.status, a.code, a.ok(), a.replayed
	e.Delivered = true
	e.MotoMilliseconds = motoMS
	e.Milliseconds = sinceMS(e.Time)
}

// Query selects entries. An empty field selects all.
type Query struct {
	Owner, Action, Account, Principal string
	// Since selects the entries after that sequence number.
	Since int64
	// Mutation selects only calls that change something.
	Mutation bool
}

func (q Query) selects(e *Entry) bool {
	return e.Seq > q.Since &&
		(q.Owner == "" || q.Owner == e.Owner) &&
		(q.Action == "" || q.Action == e.Action) &&
		(q.Account == "" || q.Account == e.Account) &&
		(q.Principal == "" || q.Principal == e.Principal) &&
		(!q.Mutation || e.Mutation)
}

// created tells the calls that made a resource.
func (e *Entry) created() bool {
	return e.Accepted && !e.Replayed && makesResource(e.Action)
}

// Count is how many calls one principal made of one action.
type Count struct {
	Account   string `json:"account"`
	Principal string `json:"principal"`
	Action    string `json:"action"`
	Accepted  int    `json:"accepted"`
	Refused   int    `json:"refused"`
}
