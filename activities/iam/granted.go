package iam

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/documents"
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
	boundary string            // the ARN of the permissions boundary
}

// wanted are the policies that a spec grants to a principal.
type wanted struct {
	policies []*string
	refs     []*corev1alpha1.AWSResourceReferenceWrapper
	inline   map[string]*string
	boundary *string
}

// new returns what the create itself grants: a new principal is bounded, and has no policies.
func (w wanted) new() granted { return granted{boundary: aws.ToString(w.boundary)} }

// plan bounds the principal, adds missing policies, then removes unwanted ones. A principal at a
// quota first loses some to make room.
func (p principal) plan(name *string, want wanted, got granted, c kind.Case) []resource.Step {
	bounds := p.planBoundary(name, want, got)
	if len(bounds) > 0 && bounds[0].Stage == stageBounds {
		c.Failures = nil // no second try of a grant before the principal is bounded
	}
	attaches, detaches := p.attachments(name, want, got)
	puts, removals := p.documents(name, want, got)
	early := room.Make(c, attaches, room.First(detaches), verbDetach)
	early = append(early, room.Make(c, puts, room.First(removals), verbDeleteInline)...)
	changes := slices.Concat(bounds, early, attaches, puts)
	for _, step := range slices.Concat(detaches, removals) {
		if !slices.ContainsFunc(early, step.Same) {
			changes = append(changes, step)
		}
	}
	return changes
}

func (p principal) attachments(name *string, want wanted, got granted) (attaches, detaches []resource.Step) {
	known := map[string]bool{}
	for i, arn := range want.policies {
		if !known[*arn] && !slices.Contains(got.attached, *arn) {
			step := p.attach.step("attach policy "+nameIn(*arn), name, part{"PolicyArn", arn})
			attaches = append(attaches, steps.For(stageGrants, policyPath(want.policies, want.refs, i), step))
		}
		known[*arn] = true
	}
	path := "spec.policies"
	if len(want.refs) > 0 {
		path = "spec.policyRefs"
	}
	for _, arn := range got.attached {
		// An attached policy may be the one whose reference is not resolved at present: none is
		// removed until all are known.
		if !known[arn] && len(want.policies) >= len(want.refs) {
			detaches = append(detaches, steps.For(stageRevokes, path, p.detachment(name, arn)))
		}
	}
	return attaches, detaches
}

func (p principal) documents(name *string, want wanted, got granted) (puts, removals []resource.Step) {
	for _, policy := range slices.Sorted(maps.Keys(want.inline)) {
		wanted := want.inline[policy]
		if has, there := got.inline[policy]; !there || !documents.Same(aws.ToString(wanted), has) {
			step := p.put.step("put inline policy "+policy, name, part{"PolicyName", &policy}, part{"PolicyDocument", wanted})
			puts = append(puts, steps.For(stageGrants, inlinePath(policy), step))
		}
	}
	for _, policy := range slices.Sorted(maps.Keys(got.inline)) {
		if _, keep := want.inline[policy]; !keep {
			removals = append(removals, steps.For(stageRevokes, "spec.inlinePolicies", p.removal(name, policy)))
		}
	}
	return puts, removals
}

// unplan removes all policies, as AWS requires before it deletes their principal.
func (p principal) unplan(name *string, got granted) (removals []resource.Step) {
	for _, arn := range got.attached {
		removals = append(removals, p.detachment(name, arn))
	}
	for _, policy := range slices.Sorted(maps.Keys(got.inline)) {
		removals = append(removals, p.removal(name, policy))
	}
	return removals
}

func (p principal) detachment(name *string, arn string) resource.Step {
	return p.detach.step("detach policy "+nameIn(arn), name, part{"PolicyArn", &arn})
}

func (p principal) removal(name *string, policy string) resource.Step {
	return p.remove.step("delete inline policy "+policy, name, part{"PolicyName", &policy})
}

// planBoundary plans the change of the permissions boundary.
func (p principal) planBoundary(name *string, want wanted, got granted) []resource.Step {
	const path = "spec.permissionsBoundary"
	switch arn := aws.ToString(want.boundary); arn {
	case got.boundary:
		return nil
	case "":
		return []resource.Step{steps.For(stageRevokes, path, p.unbind.step("remove the permissions boundary "+nameIn(got.boundary), name))}
	default:
		return []resource.Step{steps.For(stageBounds, path, p.bind.step("set the permissions boundary "+nameIn(arn), name, part{"PermissionsBoundary", &arn}))}
	}
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
