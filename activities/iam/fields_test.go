package iam

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
)

const resolvedElsewhere = "the bridge resolves it into the field beside it, before the spec is compared"

// sentBy returns the requests that create a resource.
func sentBy[W, G any](create func(W, kind.Making) resource.Step, plan func(W, *G, kind.Case) kind.Draft, tags func(W) []*iamv1alpha1.Tag) func(W) []resource.Step {
	return func(want W) []resource.Step {
		c := fieldCase(resource.NewID, tags(want))
		return append([]resource.Step{create(want, kind.Making{Tags: c.Tags})}, plan(want, nil, c).Steps...)
	}
}

// plannedFor returns the planned steps for a resource.
func plannedFor[W, G any](id string, got *G, plan func(W, *G, kind.Case) kind.Draft, tags func(W) []*iamv1alpha1.Tag) func(W) ([]resource.Step, []string) {
	return func(want W) ([]resource.Step, []string) {
		draft := plan(want, got, fieldCase(id, tags(want)))
		return draft.Steps, draft.Notes
	}
}

func fieldCase(id string, tags []*iamv1alpha1.Tag) kind.Case {
	c := kind.Case{ID: id, Tags: map[string]string{}}
	for _, tag := range wantedTags(tags) {
		c.Tags[tag.Key] = tag.Value
	}
	return c
}

const (
	sameTags     = `tags: [{key: Env, value: dev}]`
	otherKey     = `{tags: [{key: Other, value: dev}]}`
	otherTag     = `{tags: [{key: Env, value: prod}]}`
	otherDocText = `'{"Version":"2012-10-17","Statement":[]}'`
)

func TestFieldsOfPolicies(t *testing.T) {
	tags := func(want iamv1alpha1.PolicySpec) []*iamv1alpha1.Tag { return want.Tags }
	fieldtest.Spec[iamv1alpha1.PolicySpec]{
		Base: `{name: reader, path: /team/, description: may read, policyDocument: '` + document + `', ` + sameTags + `}`,
		Change: map[string]string{
			"description":    `{description: may read more}`,
			"name":           `{name: other}`,
			"path":           `{path: /}`,
			"policyDocument": `{policyDocument: ` + otherDocText + `}`,
			"tags[].key":     otherKey,
			"tags[].value":   otherTag,
		},
		Sent:    sentBy(planPolicyCreate, planPolicy, tags),
		Planned: plannedFor(arn, gotPolicy(1), planPolicy, tags),
	}.Run(t)
}

func TestFieldsOfRoles(t *testing.T) {
	tags := func(want iamv1alpha1.RoleSpec) []*iamv1alpha1.Tag { return want.Tags }
	fieldtest.Spec[iamv1alpha1.RoleSpec]{
		Base: `{name: web, path: /team/, description: web servers, maxSessionDuration: 3600, assumeRolePolicyDocument: '` + trust + `',
			policies: ["` + arnA + `"], inlinePolicies: {logs: '` + document + `'}, ` + sameTags + `}`,
		Change: map[string]string{
			"assumeRolePolicyDocument": `{assumeRolePolicyDocument: ` + otherDocText + `}`,
			"description":              `{description: other}`,
			"inlinePolicies":           `{inlinePolicies: {logs: ` + otherDocText + `}}`,
			"maxSessionDuration":       `{maxSessionDuration: 7200}`,
			"name":                     `{name: other}`,
			"path":                     `{path: /}`,
			"permissionsBoundary":      `{permissionsBoundary: "` + arnB + `"}`,
			"policies[]":               `{policies: ["` + arnB + `"]}`,
			"tags[].key":               otherKey,
			"tags[].value":             otherTag,
		},
		Sent:      sentBy(planRoleCreate, planRole, tags),
		Planned:   plannedFor(roleARN, gotRole(), planRole, tags),
		Unsent:    map[string]string{"policyRefs[]": resolvedElsewhere, "permissionsBoundaryRef": resolvedElsewhere},
		Unplanned: map[string]string{"policyRefs[]": resolvedElsewhere, "permissionsBoundaryRef": resolvedElsewhere},
	}.Run(t)
}

func TestFieldsOfInstanceProfiles(t *testing.T) {
	tags := func(want iamv1alpha1.InstanceProfileSpec) []*iamv1alpha1.Tag { return want.Tags }
	fieldtest.Spec[iamv1alpha1.InstanceProfileSpec]{
		Base: `{name: web, path: /team/, role: a, ` + sameTags + `}`,
		Change: map[string]string{
			"name":         `{name: other}`,
			"path":         `{path: /}`,
			"role":         `{role: b}`,
			"tags[].key":   otherKey,
			"tags[].value": otherTag,
		},
		Sent:      sentBy(planProfileCreate, planProfile, tags),
		Planned:   plannedFor(profileARN, gotProfile("a"), planProfile, tags),
		Unsent:    map[string]string{"roleRef": resolvedElsewhere},
		Unplanned: map[string]string{"roleRef": resolvedElsewhere},
	}.Run(t)
}

// Every field of every status is shown from AWS's answer.
func TestFieldsOfStatuses(t *testing.T) {
	text, count, day := aws.String("x"), aws.Int32(1), aws.Time(time.Unix(1, 0))
	p := gotPolicy(1)
	p.PolicyId, p.AttachmentCount, p.PermissionsBoundaryUsageCount, p.CreateDate, p.UpdateDate = text, count, count, day, day
	fieldtest.Status(t, policyStatus(p, kind.Case{}).(iamv1alpha1.PolicyStatus), nil)
	r := gotRole()
	r.CreateDate, r.RoleLastUsed = day, &types.RoleLastUsed{LastUsedDate: day, Region: text}
	fieldtest.Status(t, roleStatus(r, kind.Case{}).(iamv1alpha1.RoleStatus), nil)
	profile := gotProfile()
	profile.CreateDate = day
	fieldtest.Status(t, profileStatus(profile, kind.Case{}).(iamv1alpha1.InstanceProfileStatus), nil)
}
