package level

import (
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A resource with an id stays in its place. A person learns which account has it and what to do;
// a release is one way.
func TestMoved(t *testing.T) {
	recorded := func(c cluster) {
		c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	}
	bothMapped := roleMap(fields{account: role, otherAccount: otherRole})
	elsewhere := all(recorded, bothMapped, annotated(otherAccount))
	letGo := func(text string) func(cluster) {
		return func(c cluster) { c.Set(text, "metadata", "annotations", corev1alpha1.AnnotationLetGo) }
	}
	for name, c := range map[string]struct {
		change     func(cluster)
		problem    string
		relocating bool
		retain     bool
		wait       string
	}{
		"nothing changed":         {recorded, "", false, false, ""},
		"another account":         {elsewhere, "AccountChanged", false, false, ""},
		"another account, a team": {all(recorded, inTeam, teamMap(fields{"core": otherRole})), "AccountChanged", false, false, ""},
		"another Region":          {all(recorded, inRegionOf("eu-west-1")), "RegionChanged", false, false, ""},
		"released":                {all(elsewhere, letGo("delete:sg-1")), "AccountChanged", true, false, ""},
		"released, kept":          {all(elsewhere, letGo("retain:sg-1")), "AccountChanged", true, true, ""},
		"another is released":     {all(elsewhere, letGo("delete:sg-2")), "AccountChanged", false, false, ""},
		"released somehow":        {all(elsewhere, letGo("drop:sg-1")), "AccountChanged", false, false, ""},
		"released in the Region":  {all(recorded, inRegionOf("eu-west-1"), letGo("delete:sg-1")), "RegionChanged", true, false, ""},
		"released, but not moved": {all(recorded, letGo("delete:sg-1")), "", false, false, ""},
		"the old role is not known": {all(elsewhere, roleMap(fields{otherAccount: otherRole}), letGo("delete:sg-1")), "AccountChanged", true, false,
			"RoleNotMapped"},
		"two selectors":      {all(recorded, none, selector("a", fields{"arn": role}), selector("b", fields{"arn": role})), "", false, false, "SeveralSelectors"},
		"namespace not seen": {all(recorded, func(c cluster) { delete(c, "namespaces//team-a") }), "", false, false, "NamespaceNotFound"},
		"not for the namespace": {all(elsewhere, roleMap(fields{account: role, otherAccount: otherRole, "allowed-namespaces." + account: "x"})), "AccountChanged", false, false,
			"NamespaceNotAllowed"},
		"a claim of somebody's own":     {all(elsewhere, unconfirmed), "AccountChanged", false, false, "ClaimNotConfirmed"},
		"the same, no account":          {all(recorded, none, unconfirmed), "", false, false, "ClaimNotConfirmed"},
		"a Region of somebody's own":    {all(recorded, shownIn("eu-west-1")), "", false, false, ""}, // the flag names the Region of the claim
		"the same, and the flag moved":  {all(recorded, inRegionOf("eu-west-1"), shownIn("eu-west-1")), "RegionChanged", false, false, "ClaimNotConfirmed"},
		"annotation was taken":          {all(recorded, none), "", false, false, ""},
		"a selector of another account": {all(recorded, bothMapped, selector("s", fields{"arn": otherRole})), "AccountChanged", false, false, "RoleOfAnotherAccount"},
		"released anyway":               {all(recorded, bothMapped, selector("s", fields{"arn": otherRole}), letGo("delete:sg-1")), "AccountChanged", true, false, ""},
		"the annotation leaves the team's account": {all(recorded, bothMapped, inTeamAnd(otherAccount), teamMap(fields{"core": role})), "AccountChanged", false, false,
			"RoleOfAnotherAccount"},
		"and it is released": {all(recorded, bothMapped, inTeamAnd(otherAccount), teamMap(fields{"core": role}), letGo("retain:sg-1")), "AccountChanged", true, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := complete()
			c.change(objects)
			got := levelIn(t, objects, settings)
			reason, wait := "", ""
			if got.Problem != nil {
				reason = got.Problem.Reason
				if !strings.Contains(got.Problem.Message, "tack-let-go: delete:sg-1 (or retain:sg-1)") {
					t.Errorf("it says %q", got.Problem.Message)
				}
			}
			if got.Wait != nil {
				wait = got.Wait.Reason
				wantRemedy(t, got.Wait)
			} else if got.Target != here {
				t.Errorf("target %+v, want where it is", got.Target)
			}
			if reason != c.problem || got.Relocating != c.relocating || got.Object.Retain != c.retain || wait != c.wait {
				t.Errorf("problem %s, relocating %v, retain %v, wait %s; want %+v", reason, got.Relocating, got.Object.Retain, wait, c)
			}
		})
	}
	// The present flags move nothing.
	c := complete()
	recorded(c)
	s := settings
	s.DefaultRegion = "eu-west-1"
	if got := levelIn(t, c, s); got.Problem != nil || got.Target != here {
		t.Errorf("another --aws-region: problem %+v, target %+v", got.Problem, got.Target)
	}
	// A different Region does not move a resource without a Region either.
	c["roles/team-a/r"] = fields{"metadata": fields{}, "spec": fields{"name": "r"}, "status": fields{"ackResourceMetadata": fields{"arn": "arn:r", "ownerAccountID": account}}}
	c.Vouch()
	inRegionOf("eu-west-1")(c)
	if got := levelNamed(t, c, settings, "iam.Role", "r"); got.Problem != nil || got.Target != here {
		t.Errorf("a role in another Region: problem %+v, target %+v", got.Problem, got.Target)
	}
}

// Inputs that disagree about the place of a new resource do not prevent the deletion of the
// existing one.
func TestDeletedWhileInputsDisagree(t *testing.T) {
	for name, change := range map[string]func(cluster){
		"a selector of another account": selector("s", fields{"arn": otherRole}),
		"an annotation beside a team":   all(inTeamAnd(otherAccount), teamMap(fields{"core": role})),
		"a team beside the annotation":  all(inTeamAnd(account), teamMap(fields{"core": otherRole})),
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
			all(roleMap(fields{account: role, otherAccount: otherRole}), change)(c)
			c.Set("2026-01-02T03:04:05Z", "metadata", "deletionTimestamp")
			if got := levelIn(t, c, settings); got.Wait != nil || got.Problem != nil || got.Target != here {
				t.Errorf("wait %+v, problem %+v, target %+v, want where it is", got.Wait, got.Problem, got.Target)
			}
		})
	}
}

// inTeamAnd sets a team and an account on the namespace.
func inTeamAnd(account string) func(cluster) {
	return inNamespace(fields{corev1alpha1.AnnotationTeamID: "core", corev1alpha1.AnnotationOwnerAccountID: account})
}

// unconfirmed removes the account from the status.
func unconfirmed(c cluster) { c.Set(fields{}, "status", "ackResourceMetadata") }

// shownIn sets the Region in the status.
func shownIn(region string) func(cluster) {
	return func(c cluster) { c.Set(region, "status", "ackResourceMetadata", "region") }
}

func inRegionOf(name string) func(cluster) {
	return inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationDefaultRegion: name})
}

// An object with a requested release stays unsettled until the release is complete.
func TestRelocatingIsNotSettled(t *testing.T) {
	c := complete()
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	all(roleMap(fields{account: role, otherAccount: otherRole}), annotated(otherAccount))(c)
	c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest)
	if got := levelIn(t, c, settings).ReportedState; got != resource.Blocked {
		t.Errorf("moved: settled as %q, want Blocked", got)
	}
	c.Set("delete:sg-1", "metadata", "annotations", corev1alpha1.AnnotationLetGo)
	if got := levelIn(t, c, settings).ReportedState; got != "" {
		t.Errorf("released: settled as %q", got)
	}
	c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest)
	if got := levelIn(t, c, settings).ReportedState; got != "" {
		t.Errorf("released, and AWS refused: settled as %q", got)
	}
}
