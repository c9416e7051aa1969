package kube

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	otherAccount = "222222222222"
	otherRole    = "arn:aws:iam::222222222222:role/tack"
)

// inNamespace gives the namespace these annotations and the label tier=web.
func inNamespace(annotations fields) func(cluster) {
	return func(c cluster) {
		c["namespaces//team-a"] = fields{"metadata": fields{"name": "team-a", "annotations": annotations, "labels": fields{"tier": "web"}}}
	}
}

func all(changes ...func(cluster)) func(cluster) {
	return func(c cluster) {
		for _, change := range changes {
			change(c)
		}
	}
}

func teamMap(data fields) func(cluster) {
	return func(c cluster) { c["configmaps/ack-system/ack-role-team-map"] = fields{"data": data} }
}

func roleMap(data fields) func(cluster) {
	return func(c cluster) { c["configmaps/ack-system/ack-role-account-map"] = fields{"data": data} }
}

func selector(name string, spec fields) func(cluster) {
	return func(c cluster) {
		c["iamroleselectors//"+name] = fields{"metadata": fields{"name": name}, "spec": spec}
	}
}

var (
	none    = inNamespace(fields{})
	inTeam  = inNamespace(fields{corev1alpha1.AnnotationTeamID: "core"})
	labeled = func(c cluster) { c.set("gold", "metadata", "labels", "class") }
)

// Which role is used, and under which reason none is.
func TestWhichRole(t *testing.T) {
	const special = "arn:aws:iam::111111111111:role/special"
	for name, c := range map[string]struct {
		change func(cluster)
		role   string // empty: it waits
		reason string // of the wait
		says   string // part of its message
	}{
		"the entry of the service": {roleMap(fields{account: role, "ec2." + account: special}), special, "", ""},
		"that of another service":  {roleMap(fields{account: role, "iam." + account: special}), role, "", ""},
		"an empty one is no entry for all": {roleMap(fields{account: role, "ec2." + account: ""}), "", "RoleEmpty",
			"the entry ec2.111111111111 is empty"},
		"the namespace may use it":     {roleMap(fields{account: role, "allowed-namespaces." + account: "x, team-*"}), role, "", ""},
		"the namespace may not use it": {roleMap(fields{account: role, "allowed-namespaces." + account: "team-b"}), "", "NamespaceNotAllowed", "does not name namespace team-a"},
		"nobody may use it":            {roleMap(fields{account: role, "allowed-namespaces." + account: ""}), "", "NamespaceNotAllowed", ""},
		"user of a path":               {roleMap(fields{account: "arn:aws:iam::111111111111:role/a/b"}), "arn:aws:iam::111111111111:role/a/b", "", ""},
		"no account in it":             {roleMap(fields{account: "arn:aws:iam:::role/a"}), "", "RoleMalformed", ""},

		"a team":               {all(inTeam, teamMap(fields{"core": otherRole})), otherRole, "", ""},
		"no map of teams":      {inTeam, "", "RoleMapNotFound", "ack-system/ack-role-team-map"},
		"no entry of the team": {all(inTeam, teamMap(fields{"web": otherRole})), "", "RoleNotMapped", "team core"},
		"an empty entry":       {all(inTeam, teamMap(fields{"core": ""})), "", "RoleEmpty", ""},
		"a malformed entry":    {all(inTeam, teamMap(fields{"core": "arn:x"})), "", "RoleMalformed", ""},
		"a team without name":  {all(inNamespace(fields{corev1alpha1.AnnotationTeamID: ""}), teamMap(fields{})), "", "TeamUnknown", ""},
		"a team elsewhere": {all(inNamespace(fields{corev1alpha1.AnnotationTeamID: "core", corev1alpha1.AnnotationOwnerAccountID: account}),
			teamMap(fields{"core": otherRole})), "", "RoleOfAnotherAccount", "names account 111111111111"},
		"a team that may not": {all(inTeam, teamMap(fields{"core": otherRole, "allowed-namespaces.core": "x"})), "", "NamespaceNotAllowed", ""},

		"a selector":                  {all(none, selector("s", fields{"arn": otherRole})), otherRole, "", ""},
		"a selector before the map":   {selector("s", fields{"arn": special}), special, "", ""},
		"a selector before the team":  {all(inTeam, teamMap(fields{"core": role}), selector("s", fields{"arn": otherRole})), otherRole, "", ""},
		"a selector elsewhere":        {selector("s", fields{"arn": otherRole}), "", "RoleOfAnotherAccount", ""},
		"a selector that is no role":  {all(none, selector("s", fields{"arn": "arn:x"})), "", "RoleMalformed", "IAMRoleSelector s"},
		"two selectors":               {all(none, selector("s", fields{"arn": otherRole}), selector("a", fields{"arn": otherRole})), "", "SeveralSelectors", "a, s all match"},
		"by name":                     {selector("s", fields{"arn": special, "namespaceSelector": fields{"names": []any{"x", "team-a"}}}), special, "", ""},
		"by another name":             {selector("s", fields{"arn": special, "namespaceSelector": fields{"names": []any{"x"}}}), role, "", ""},
		"by name and label":           {all(withLabel, selector("s", fields{"arn": special, "namespaceSelector": fields{"names": []any{"team-a"}, "labelSelector": fields{"matchLabels": fields{"tier": "web"}}}})), special, "", ""},
		"by name and another label":   {all(withLabel, selector("s", fields{"arn": special, "namespaceSelector": fields{"names": []any{"team-a"}, "labelSelector": fields{"matchLabels": fields{"tier": "db"}}}})), role, "", ""},
		"by label":                    {all(withLabel, selector("s", fields{"arn": special, "namespaceSelector": fields{"names": []any{}, "labelSelector": fields{"matchLabels": fields{"tier": "web"}}}})), special, "", ""},
		"by kind":                     {selector("s", fields{"arn": special, "resourceTypeSelector": []any{kindOf("iam", "Role"), kindOf("ec2", "SecurityGroup")}}), special, "", ""},
		"by group alone":              {selector("s", fields{"arn": special, "resourceTypeSelector": []any{fields{"group": "ec2.services.k8s.aws", "version": "", "kind": ""}}}), special, "", ""},
		"by another kind":             {selector("s", fields{"arn": special, "resourceTypeSelector": []any{kindOf("ec2", "VPC")}}), role, "", ""},
		"by a kind that says nothing": {selector("s", fields{"arn": special, "resourceTypeSelector": []any{fields{"group": "", "version": "", "kind": ""}}}), role, "", ""},
		"by the object's label":       {all(labeled, selector("s", fields{"arn": special, "resourceLabelSelector": fields{"matchLabels": fields{"class": "gold"}}})), special, "", ""},
		"by a label it has not":       {selector("s", fields{"arn": special, "resourceLabelSelector": fields{"matchLabels": fields{"class": "gold"}}}), role, "", ""},
		"one of two by kind": {all(selector("s", fields{"arn": special, "resourceTypeSelector": []any{kindOf("ec2", "SecurityGroup")}}),
			selector("t", fields{"arn": role, "resourceTypeSelector": []any{kindOf("ec2", "VPC")}})), special, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := complete()
			c.change(objects)
			got := objects.level(t, settings)
			if got.Target.RoleARN != c.role {
				t.Errorf("role %q, want %q", got.Target.RoleARN, c.role)
			}
			if c.reason == "" {
				if got.Wait != nil || !strings.Contains(c.role, ":"+got.Target.AccountID+":") {
					t.Errorf("wait %+v, target %+v", got.Wait, got.Target)
				}
				return
			}
			if got.Wait == nil || got.Wait.Reason != c.reason || !strings.Contains(got.Wait.Message, c.says) || got.Target != (resource.Target{}) {
				t.Errorf("wait %+v, target %+v, want to wait for %s, saying %q", got.Wait, got.Target, c.reason, c.says)
			}
		})
	}
}

func withLabel(c cluster) {
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account})(c)
}

func kindOf(service, kind string) fields {
	return fields{"group": service + ".services.k8s.aws", "version": "v1alpha1", "kind": kind}
}

// The endpoint is the namespace's.
func TestEndpointOfTheNamespace(t *testing.T) {
	for text, reason := range map[string]string{"https://vpce.example": "", "http://127.0.0.1:4566": "", "vpce.example": "EndpointMalformed", "ftp://x": "EndpointMalformed", "https://": "EndpointMalformed"} {
		c := complete()
		before := c.level(t, settings)
		inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationEndpointURL: text})(c)
		got := c.level(t, settings)
		if reason != "" {
			if got.Wait == nil || got.Wait.Reason != reason || got.Target != (resource.Target{}) {
				t.Errorf("%s: wait %+v, target %+v", text, got.Wait, got.Target)
			}
			continue
		}
		if got.Target.Endpoint != text || !got.Target.SamePlace(here) || got.Digest == before.Digest {
			t.Errorf("%s: target %+v, wait %+v", text, got.Target, got.Wait)
		}
	}
}

// What is not readable is an error, tried again: never a role less certain.
func TestUnreadable(t *testing.T) {
	for _, resourceName := range []string{"namespaces", "configmaps", "iamroleselectors"} {
		c := complete()
		if l, err := c.tryLevel(unreadable{c, resourceName}); !errors.Is(err, errUnreadable) || l.Target != (resource.Target{}) {
			t.Errorf("%s: %v, target %+v", resourceName, err, l.Target)
		}
	}
}

// What has an id stays where it is: a person is told which account has it and
// what can be done, and one of that is to let go of it.
func TestMoved(t *testing.T) {
	recorded := func(c cluster) {
		c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	}
	bothMapped := roleMap(fields{account: role, otherAccount: otherRole})
	elsewhere := all(recorded, bothMapped, annotated(otherAccount))
	letGo := func(text string) func(cluster) {
		return func(c cluster) { c.set(text, "metadata", "annotations", corev1alpha1.AnnotationLetGo) }
	}
	for name, c := range map[string]struct {
		change  func(cluster)
		problem string
		leaving bool
		retain  bool
		wait    string
	}{
		"nothing changed":         {recorded, "", false, false, ""},
		"another account":         {elsewhere, "AccountChanged", false, false, ""},
		"another account, a team": {all(recorded, inTeam, teamMap(fields{"core": otherRole})), "AccountChanged", false, false, ""},
		"another Region":          {all(recorded, inRegionOf("eu-west-1")), "RegionChanged", false, false, ""},
		"let go":                  {all(elsewhere, letGo("delete:sg-1")), "AccountChanged", true, false, ""},
		"let go, kept":            {all(elsewhere, letGo("retain:sg-1")), "AccountChanged", true, true, ""},
		"let go of another":       {all(elsewhere, letGo("delete:sg-2")), "AccountChanged", false, false, ""},
		"let go somehow":          {all(elsewhere, letGo("drop:sg-1")), "AccountChanged", false, false, ""},
		"let go in the Region":    {all(recorded, inRegionOf("eu-west-1"), letGo("delete:sg-1")), "RegionChanged", true, false, ""},
		"let go, but not moved":   {all(recorded, letGo("delete:sg-1")), "", false, false, ""},
		"the old role is not known": {all(elsewhere, roleMap(fields{otherAccount: otherRole}), letGo("delete:sg-1")), "AccountChanged", true, false,
			"RoleNotMapped"},
		"two selectors":      {all(recorded, none, selector("a", fields{"arn": role}), selector("b", fields{"arn": role})), "", false, false, "SeveralSelectors"},
		"namespace not seen": {all(recorded, func(c cluster) { delete(c, "namespaces//team-a") }), "", false, false, "NamespaceNotFound"},
		"not for the namespace": {all(elsewhere, roleMap(fields{account: role, otherAccount: otherRole, "allowed-namespaces." + account: "x"})), "AccountChanged", false, false,
			"NamespaceNotAllowed"},
		"a claim of somebody's own": {all(elsewhere, unconfirmed), "AccountChanged", false, false, "ClaimNotConfirmed"},
		"the same, no account":      {all(recorded, none, unconfirmed), "", false, false, "ClaimNotConfirmed"},
		"annotation was taken":      {all(recorded, none), "", false, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			objects := complete()
			c.change(objects)
			got := objects.level(t, settings)
			reason, wait := "", ""
			if got.Problem != nil {
				reason = got.Problem.Reason
				if !strings.Contains(got.Problem.Message, "tack-let-go: delete:sg-1 (or retain:sg-1)") {
					t.Errorf("it says %q", got.Problem.Message)
				}
			}
			if got.Wait != nil {
				wait = got.Wait.Reason
			} else if got.Target != here {
				t.Errorf("target %+v, want where it is", got.Target)
			}
			if reason != c.problem || got.Leaving != c.leaving || got.Object.Retain != c.retain || wait != c.wait {
				t.Errorf("problem %s, leaving %v, retain %v, wait %s; want %+v", reason, got.Leaving, got.Object.Retain, wait, c)
			}
		})
	}
	// What the flags say by now moves nothing.
	c := complete()
	recorded(c)
	s := settings
	s.DefaultRegion = "eu-west-1"
	if got := c.level(t, s); got.Problem != nil || got.Target != here {
		t.Errorf("another --aws-region: problem %+v, target %+v", got.Problem, got.Target)
	}
	// Nor does another Region move what is in none.
	c["roles/team-a/r"] = fields{"metadata": fields{"name": "r", "namespace": "team-a", "uid": "uid-2", "annotations": c.group()["metadata"].(fields)["annotations"]}, "spec": fields{"name": "r"}}
	inRegionOf("eu-west-1")(c)
	if got := c.levelOf(t, settings, "iam.Role", "r"); got.Problem != nil || got.Target != here {
		t.Errorf("a role in another Region: problem %+v, target %+v", got.Problem, got.Target)
	}
}

// unconfirmed takes the account out of the status.
func unconfirmed(c cluster) { c.set(fields{}, "status", "ackResourceMetadata") }

func inRegionOf(name string) func(cluster) {
	return inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationDefaultRegion: name})
}

// Let go of, an object counts as unsettled until it is done with.
func TestLeavingIsNotSettled(t *testing.T) {
	c := complete()
	c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	all(roleMap(fields{account: role, otherAccount: otherRole}), annotated(otherAccount))(c)
	c.set(c.level(t, settings).Digest, "status", resource.StatusInputsDigest)
	if got := c.level(t, settings).Settled; got != resource.Blocked {
		t.Errorf("moved: settled as %q, want Blocked", got)
	}
	c.set("delete:sg-1", "metadata", "annotations", corev1alpha1.AnnotationLetGo)
	if got := c.level(t, settings).Settled; got != "" {
		t.Errorf("let go: settled as %q", got)
	}
	c.set(c.level(t, settings).Digest, "status", resource.StatusInputsDigest)
	if got := c.level(t, settings).Settled; got != "" {
		t.Errorf("let go, and AWS refused: settled as %q", got)
	}
}

// The chain says by which inputs account, Region and role were found, and what is
// missing.
func TestChain(t *testing.T) {
	want := []string{
		"account 111111111111: annotation services.k8s.aws/owner-account-id of namespace team-a",
		"Region us-west-2: --aws-region of the bridge",
		"role arn:aws:iam::111111111111:role/tack: key 111111111111 of ConfigMap ack-system/ack-role-account-map",
	}
	c := complete()
	if diff := cmp.Diff(want, c.level(t, settings).Chain); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	delete(c, "configmaps/ack-system/ack-role-account-map")
	got := c.level(t, settings).Chain
	if last := got[len(got)-1]; !strings.HasPrefix(last, "missing: RoleMapNotFound: ConfigMap ack-system/ack-role-account-map") || !slices.Equal(got[:2], want[:2]) {
		t.Errorf("chain %q", got)
	}
}
