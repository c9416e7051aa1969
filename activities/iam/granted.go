package iam

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/steps"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Stages of a change of permissions. A stage that AWS refuses stops the plan. A principal is granted
// nothing before it is bounded, and loses nothing before it has the replacement.
const (
	stageBounds = iota
	stageGrants
	stageRevokes
)

// Verbs that remove a policy of a principal.
const (
	verbDetach       = "DetachPolicy"
	verbDeleteInline = "DeleteInlinePolicy"
)

// granted are the policies that a principal has.
type granted struct {
	attached []string          // ARNs of managed policies
	inline   map[string]string // documents by name; empty where the spec has none of that name
}

// read returns the policies of a principal. It reads only the documents of policies that are
// compared: a policy that the spec does not have is removed, whatever its document.
func read(managed []types.AttachedPolicy, names []string, wanted map[string]*string, document func(name string) (*string, error)) (got granted, err error) {
	got.inline = map[string]string{}
	for _, p := range managed {
		got.attached = append(got.attached, aws.ToString(p.PolicyArn))
	}
	for _, name := range names {
		if got.inline[name] = ""; wanted[name] == nil {
			continue
		}
		encoded, err := document(name)
		if err == nil {
			got.inline[name], err = decodeDocument(encoded)
		}
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// grants are the policies that a spec grants to a principal, and the requests that change them.
type grants struct {
	policies []*string
	refs     []*corev1alpha1.AWSResourceReferenceWrapper
	inline   map[string]*string

	attach, detach func(arn string) resource.Step
	put            func(name string, document *string) resource.Step
	remove         func(name string) resource.Step
}

// plan adds missing policies, then removes unwanted ones. A principal at a quota first loses some to
// make room.
func (g grants) plan(got granted, c kind.Case) []resource.Step {
	attaches, detaches := g.attachments(got)
	puts, removals := g.documents(got)
	early := room.Make(c, attaches, room.First(detaches), verbDetach)
	early = append(early, room.Make(c, puts, room.First(removals), verbDeleteInline)...)
	changes := slices.Concat(early, attaches, puts)
	for _, step := range slices.Concat(detaches, removals) {
		if !slices.ContainsFunc(early, step.Same) {
			changes = append(changes, step)
		}
	}
	return changes
}

func (g grants) attachments(got granted) (attaches, detaches []resource.Step) {
	wanted := map[string]bool{}
	for i, arn := range g.policies {
		if !wanted[*arn] && !slices.Contains(got.attached, *arn) {
			attaches = append(attaches, steps.For(stageGrants, policyPath(g.policies, g.refs, i), g.attach(*arn)))
		}
		wanted[*arn] = true
	}
	path := "spec.policies"
	if len(g.refs) > 0 {
		path = "spec.policyRefs"
	}
	for _, arn := range got.attached {
		// An attached policy may be the one whose reference is not resolved at present: none is
		// removed until all are known.
		if !wanted[arn] && len(g.policies) >= len(g.refs) {
			detaches = append(detaches, steps.For(stageRevokes, path, g.detach(arn)))
		}
	}
	return attaches, detaches
}

func (g grants) documents(got granted) (puts, removals []resource.Step) {
	for _, name := range slices.Sorted(maps.Keys(g.inline)) {
		document := g.inline[name]
		if has, there := got.inline[name]; !there || !sameDocument(aws.ToString(document), has) {
			puts = append(puts, steps.For(stageGrants, inlinePath(name), g.put(name, document)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got.inline)) {
		if _, keep := g.inline[name]; !keep {
			removals = append(removals, steps.For(stageRevokes, "spec.inlinePolicies", g.remove(name)))
		}
	}
	return puts, removals
}

// unplan removes all policies, as AWS requires before it deletes their principal.
func (g grants) unplan(got granted) (removals []resource.Step) {
	for _, arn := range got.attached {
		removals = append(removals, g.detach(arn))
	}
	for _, name := range slices.Sorted(maps.Keys(got.inline)) {
		removals = append(removals, g.remove(name))
	}
	return removals
}

// policyPath returns the field that asks for the i-th policy.
func policyPath(policies []*string, refs []*corev1alpha1.AWSResourceReferenceWrapper, i int) string {
	switch len(refs) {
	case 0:
		return fmt.Sprintf("spec.policies[%d]", i)
	case len(policies):
		return fmt.Sprintf("spec.policyRefs[%d]", i)
	}
	return "spec.policyRefs" // some are not resolved: the others moved up
}

func inlinePath(name string) string { return "spec.inlinePolicies." + name }

// planBoundary plans the change of a principal's permissions boundary.
func planBoundary(want *string, got *types.AttachedPermissionsBoundary, put, remove func(arn string) resource.Step) []resource.Step {
	const path = "spec.permissionsBoundary"
	bound := ""
	if got != nil {
		bound = aws.ToString(got.PermissionsBoundaryArn)
	}
	switch arn := aws.ToString(want); arn {
	case bound:
		return nil
	case "":
		return []resource.Step{steps.For(stageRevokes, path, remove(bound))}
	default:
		return []resource.Step{steps.For(stageBounds, path, put(arn))}
	}
}
