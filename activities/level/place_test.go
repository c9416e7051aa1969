package level

import (
	"regexp"
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	otherAccount = "222222222222"
	otherRole    = "arn:aws:iam::222222222222:role/tack"
)

func teamMap(data fields) func(cluster) {
	return func(c cluster) { c["configmaps/ack-system/ack-role-team-map"] = fields{"data": data} }
}

func selector(name string, spec fields) func(cluster) {
	return func(c cluster) {
		c["iamroleselectors//"+name] = fields{"metadata": fields{"name": name}, "spec": spec}
	}
}

var (
	none    = inNamespace(fields{})
	inTeam  = inNamespace(fields{corev1alpha1.AnnotationTeamID: "core"})
	labeled = func(c cluster) { c.Set("gold", "metadata", "labels", "class") }
)

// remedy matches the part of a message that says what to do.
var remedy = regexp.MustCompile(`: (add|annotate|ask|change|create|give|name|set|write) `)

// wantRemedy checks that the message of a wait tells a person what to do.
func wantRemedy(t *testing.T, wait *resource.Wait) {
	t.Helper()
	if wait != nil && !remedy.MatchString(wait.Message) {
		t.Errorf("%s says not what to do: %s", wait.Reason, wait.Message)
	}
}

// Each row gives the role that is used, or the reason why there is none.
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
		"the namespace may not use it": {roleMap(fields{account: role, "allowed-namespaces." + account: "team-b"}), "", "NamespaceNotAllowed", "does not list namespace team-a"},
		"may, in another list":         {roleMap(fields{account: role, "allowed-namespaces." + account: "x\r\nteam-a\r\n"}), role, "", ""},
		"may, as every namespace":      {roleMap(fields{account: role, "allowed-namespaces." + account: "*"}), role, "", ""},
		"may not, a longer name":       {roleMap(fields{account: role, "allowed-namespaces." + account: "team"}), "", "NamespaceNotAllowed", ""},
		"may not, a class":             {roleMap(fields{account: role, "allowed-namespaces." + account: "team-[!b] team-?"}), "", "NamespaceNotAllowed", ""},
		"may not, upper case":          {roleMap(fields{account: role, "allowed-namespaces." + account: "TEAM-A"}), "", "NamespaceNotAllowed", ""},
		"may not, by a key of the service": {roleMap(fields{account: role, "ec2." + account: special, "allowed-namespaces.ec2." + account: "team-b"}), "", "NamespaceNotAllowed",
			"allowed-namespaces.ec2." + account + " does not list"},
		"may not, though the service's key names it": {roleMap(fields{account: role, "allowed-namespaces." + account: "team-b", "allowed-namespaces.ec2." + account: "team-a"}), "",
			"NamespaceNotAllowed", ""},
		"may, another service's key":          {roleMap(fields{account: role, "allowed-namespaces.iam." + account: "team-b"}), role, "", ""},
		"may not, by a key in upper case":     {roleMap(fields{account: role, "Allowed-Namespaces." + account: "team-b"}), "", "NamespaceNotAllowed", ""},
		"may not, by a service in upper case": {roleMap(fields{account: role, "allowed-namespaces.EC2." + account: "team-b"}), "", "NamespaceNotAllowed", ""},
		"nobody may use it":                   {roleMap(fields{account: role, "allowed-namespaces." + account: ""}), "", "NamespaceNotAllowed", ""},
		"user of a path":                      {roleMap(fields{account: "arn:aws:iam::111111111111:role/a/b"}), "arn:aws:iam::111111111111:role/a/b", "", ""},
		"no account in it":                    {roleMap(fields{account: "arn:aws:iam:::role/a"}), "", "RoleMalformed", ""},
		"no name in it":                       {roleMap(fields{account: "arn:aws:iam::111111111111:role/"}), "", "RoleMalformed", ""},
		"a line's end":                        {roleMap(fields{account: role + "\n"}), "", "RoleMalformed", ""},
		"a blank in the name":                 {roleMap(fields{account: role + " b"}), "", "RoleMalformed", ""},
		"a Region in it":                      {roleMap(fields{account: "arn:aws:iam:eu-west-1:111111111111:role/a"}), "", "RoleMalformed", ""},
		"no partition in it":                  {roleMap(fields{account: "arn::iam::111111111111:role/a"}), "", "RoleMalformed", ""},
		"no partition of AWS's":               {roleMap(fields{account: "arn:other:iam::111111111111:role/a"}), "", "RoleMalformed", ""},
		"GovCloud":                            {roleMap(fields{account: "arn:aws-us-gov:iam::111111111111:role/a"}), "arn:aws-us-gov:iam::111111111111:role/a", "", ""},
		"a Region that is none": {inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationDefaultRegion: "us west 2"}), "",
			"RegionMalformed", `"us west 2" is not a Region`},

		"a team":               {all(inTeam, teamMap(fields{"core": otherRole})), otherRole, "", ""},
		"no map of teams":      {inTeam, "", "RoleMapNotFound", "ack-system/ack-role-team-map"},
		"no entry of the team": {all(inTeam, teamMap(fields{"web": otherRole})), "", "RoleNotMapped", "team core"},
		"an empty entry":       {all(inTeam, teamMap(fields{"core": ""})), "", "RoleEmpty", "the entry core is empty"},
		"a malformed entry":    {all(inTeam, teamMap(fields{"core": "arn:x"})), "", "RoleMalformed", "write that of the team's role"},
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
			got := levelIn(t, objects, settings)
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
			wantRemedy(t, got.Wait)
		})
	}
}

func withLabel(c cluster) {
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account})(c)
}

func kindOf(service, kind string) fields {
	return fields{"group": service + ".services.k8s.aws", "version": "v1alpha1", "kind": kind}
}

// The endpoint comes from the namespace.
func TestEndpointOfTheNamespace(t *testing.T) {
	for text, reason := range map[string]string{"https://vpce.example": "", "http://127.0.0.1:4566": "", "vpce.example": "EndpointMalformed", "ftp://x": "EndpointMalformed", "https://": "EndpointMalformed",
		"https://user@vpce.example": "EndpointMalformed", "https://vpce.example?x": "EndpointMalformed", "https://vpce。example": "EndpointMalformed", "https://vpce.example.": "EndpointMalformed"} {
		c := complete()
		before := levelIn(t, c, settings)
		inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationEndpointURL: text})(c)
		got := levelIn(t, c, settings)
		if reason != "" {
			if got.Wait == nil || got.Wait.Reason != reason || got.Target != (resource.Target{}) {
				t.Errorf("%s: wait %+v, target %+v", text, got.Wait, got.Target)
			}
			wantRemedy(t, got.Wait)
			continue
		}
		if got.Target.Endpoint != text || !got.Target.SamePlace(here) || got.Digest == before.Digest {
			t.Errorf("%s: target %+v, wait %+v", text, got.Target, got.Wait)
		}
	}
}

// A changed entry wakes the objects of its account, however its service is written.
func TestConcernsAccount(t *testing.T) {
	for entry, want := range map[string]bool{
		account: true, "ec2." + account: true, "iam." + account: false, "EC2." + account: true,
		"allowed-namespaces." + account: true, "allowed-namespaces.EC2." + account: true, "Allowed-Namespaces.iam." + account: false,
	} {
		if got, ok := ConcernsAccount(entry, "ec2"); ok != want || ok && got != account {
			t.Errorf("%s concerns account %q: %t, want %t", entry, got, ok, want)
		}
	}
}
