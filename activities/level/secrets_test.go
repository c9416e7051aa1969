package level

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

const secret = "IyEvYmluL3NoIHBhc3N3b3JkPWh1bnRlcjI="

// instance is the kind with a secret field, served or not.
var instance = apis.Kind{
	Service: "ec2", Group: "ec2.services.k8s.aws", Version: apis.Version, Kind: "Instance", Plural: "instances", IDField: "instanceID",
}

// withInstance is a cluster in which Tack may work on an instance.
func withInstance(userData any) cluster {
	c := complete()
	spec := fields{"imageID": "ami-1", "instanceType": "t3.micro"}
	if userData != nil {
		spec["userData"] = userData
	}
	c["instances/team-a/web"] = fields{
		"metadata": fields{"name": "web", "namespace": "team-a", "uid": "uid-1", "generation": int64(1)},
		"spec":     spec,
	}
	return c
}

func instanceIn(t *testing.T, c cluster, s Settings) resource.Level {
	t.Helper()
	l, err := Read(t.Context(), c, s, instance, resource.Ref{Kind: instance.Name(), Cluster: "dev", Namespace: "team-a", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func trusted() Settings {
	s := settings
	s.Secrets = true
	return s
}

// While payloads are in clear text, an object with user data is rejected. The message names the
// field and both remedies, and the level does not hold the data.
func TestSecretInClear(t *testing.T) {
	objects := withInstance(secret)
	l := instanceIn(t, objects, settings)
	if l.Problem == nil || l.Problem.State != resource.Blocked || l.Problem.Reason != "SecretInClear" {
		t.Fatalf("got the problem %+v", l.Problem)
	}
	for _, want := range []string{"spec.userData: ", "--payload-keys FILE", "--allow-clear-user-data"} {
		if !strings.Contains(l.Problem.Message, want) {
			t.Errorf("%q does not say %q", l.Problem.Message, want)
		}
	}
	wantNot(t, l, secret)
	if !strings.Contains(string(l.Object.Spec), "ami-1") {
		t.Errorf("the rest of the spec is gone, too: %s", l.Object.Spec)
	}
	if l.Target != (resource.Target{}) {
		t.Errorf("it has the target %+v: AWS could be called", l.Target)
	}
	if got := objects["instances/team-a/web"]["spec"].(fields)["userData"]; got != secret {
		t.Errorf("the reader's object was changed: %v", got)
	}
}

// An object with readable data, or without any, is treated like any other.
func TestSecretTaken(t *testing.T) {
	l := instanceIn(t, withInstance(secret), trusted())
	if l.Problem != nil || l.Target != here || !strings.Contains(string(l.Object.Spec), secret) {
		t.Errorf("encrypted: got %+v", l)
	}
	for name, objects := range map[string]cluster{"none": withInstance(nil), "empty": withInstance("")} {
		if l := instanceIn(t, objects, settings); l.Problem != nil || l.Target != here {
			t.Errorf("%s: got %+v", name, l)
		}
	}
}

// The rejection is settled, so it is reported once. A restart with keys ends that. A restart without
// keys unsettles a synced object in the same way.
func TestSecretSettles(t *testing.T) {
	objects := withInstance(secret)
	tell := func(l resource.Level, condition fields) {
		objects["instances/team-a/web"]["status"] = fields{"inputsDigest": l.Digest, "conditions": []any{condition}}
	}
	rejected := instanceIn(t, objects, settings)
	tell(rejected, fields{"type": "ACK.Recoverable", "status": "True"})
	if got := instanceIn(t, objects, settings).ReportedState; got != resource.Blocked {
		t.Errorf("reported already: settled as %q, want Blocked", got)
	}
	taken := instanceIn(t, objects, trusted())
	if taken.ReportedState != "" || taken.Digest == rejected.Digest {
		t.Errorf("after a restart with keys it is settled as %q, with the earlier digest: %t", taken.ReportedState, taken.Digest == rejected.Digest)
	}
	tell(taken, fields{"type": "ACK.ResourceSynced", "status": "True"})
	if got := instanceIn(t, objects, settings).ReportedState; got != "" {
		t.Errorf("after a restart without keys it is settled as %q", got)
	}
}

// A deletion requires no user data: it works with any flags, and the level does not hold the data.
func TestSecretDeleted(t *testing.T) {
	for name, s := range map[string]Settings{"in clear": settings, "encrypted": trusted()} {
		for claimed, claim := range map[string]*resource.Claim{
			"never sent": nil,
			"recorded":   {Install: "dev", UID: "uid-1", Incarnation: 1, Target: here, ID: "i-1"},
			"unclear":    {Install: "dev", UID: "uid-1", Incarnation: 1, Target: here},
		} {
			objects := withInstance(secret)
			metadata := objects["instances/team-a/web"]["metadata"].(fields)
			metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
			if claim != nil {
				raw, err := json.Marshal(claim)
				if err != nil {
					t.Fatal(err)
				}
				metadata["annotations"] = fields{AnnotationClaim: string(raw)}
			}
			l := instanceIn(t, objects, s)
			if l.Problem != nil || !l.Object.Deleting || claim != nil && l.Target != here {
				t.Errorf("%s, %s: got %+v", name, claimed, l)
			}
			wantNot(t, l, secret)
		}
	}
}

// The secret of a possible other controller's object is not read before AWS's tags resolve the doubt.
func TestSecretOfAnother(t *testing.T) {
	objects := withInstance(secret)
	objects["instances/team-a/web"]["status"] = fields{"instanceID": "i-theirs"}
	for name, s := range map[string]Settings{"in clear": settings, "encrypted": trusted()} {
		l := instanceIn(t, objects, s)
		if l.Problem != nil || !l.Object.Doubt.Named() {
			t.Errorf("%s: got the problem %+v and the doubt %+v", name, l.Problem, l.Object.Doubt)
		}
		wantNot(t, l, secret)
	}
}

func wantNot(t *testing.T, l resource.Level, secret string) {
	t.Helper()
	raw, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), secret) {
		t.Errorf("the level holds the secret: %s", raw)
	}
}
