package level

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Nothing is made in a parent that only a claim, or only a status, names. An object that is made
// keeps working with the id that was Synced last, if the claim agrees.
func TestReferencesToAForgedParent(t *testing.T) {
	parent := resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "team-a", Name: "main"}
	own := resource.Claim{Install: "dev", UID: "uid of vpcs/team-a/main", For: parent, Incarnation: 1, ID: "vpc-1", Target: here}
	another, away, installed := own, own, own
	another.ID = "vpc-foreign"
	away.For.Cluster = "elsewhere"
	installed.Install = "other"
	for name, test := range map[string]struct {
		claim         resource.Claim
		shown, synced string
		created, kept string // what a child waits for that is not made, or is made; empty: nothing
	}{
		"all agree":               {claim: own, shown: "vpc-1", synced: "vpc-1"},
		"never synced before":     {claim: own, shown: "vpc-1"},
		"a forged claim":          {another, "vpc-1", "vpc-1", "claim tells of vpc-foreign and its status of vpc-1", "claim tells of vpc-foreign and its status of vpc-1"},
		"a forged status":         {own, "vpc-foreign", "vpc-1", "claim tells of vpc-1 and its status of vpc-foreign", ""},
		"a lost status":           {own, "", "", "claim tells of vpc-1 and its status of none", "claim tells of vpc-1 and its status of none"},
		"of another installation": {installed, "vpc-1", "vpc-1", `claimed by installation "other"`, `claimed by installation "other"`},
		"of another cluster":      {away, "vpc-1", "vpc-1", `--cluster "elsewhere" claimed`, `--cluster "elsewhere" claimed`},
	} {
		for made, want := range map[bool]string{false: test.created, true: test.kept} {
			c := complete()
			c.Set(fields{"from": fields{"name": "main"}}, "spec", "vpcRef")
			if made {
				c.Claim(mine)
			}
			raw, _ := json.Marshal(test.claim)
			status := fields{"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
			for field, id := range map[string]string{"vpcID": test.shown, resource.StatusSyncedID: test.synced} {
				if id != "" {
					status[field] = id
				}
			}
			c["vpcs/team-a/main"] = fields{
				"metadata": fields{"name": "main", "namespace": "team-a", "uid": own.UID, "annotations": fields{AnnotationClaim: string(raw)}},
				"status":   status,
			}
			got := levelIn(t, c, settings)
			switch {
			case want == "" && (got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`)):
				t.Errorf("%s, made %t: wait %+v, spec %s", name, made, got.Wait, got.Object.Spec)
			case want != "" && (got.Wait == nil || !strings.Contains(got.Wait.Message, "has no id yet") || !strings.Contains(got.Wait.Message, want)):
				t.Errorf("%s, made %t: wait %+v, want %q", name, made, got.Wait, want)
			case strings.Contains(string(got.Object.Spec), "vpc-foreign"):
				t.Errorf("%s, made %t: spec %s", name, made, got.Object.Spec)
			}
		}
	}
}

// A correction of an object's claim or status wakes the objects that refer to it.
func TestReadinessTellsOfAgreement(t *testing.T) {
	group, _ := apis.ByName(groupRef.Kind)
	right := forged("sg-foreign")
	away := forged("sg-foreign")
	claim := mine
	claim.ID, claim.Install = "sg-foreign", "other"
	away.Annotate(claim)
	edited := forged("sg-foreign")
	edited.Set(int64(1), "status", "observedGeneration")
	edited.Set(int64(2), "metadata", "generation")
	for name, other := range map[string]cluster{"spec edited": edited, "status edited": forged("sg-1"), "status lost": forged(""), "another installation's": away} {
		if ReadyFor(&unstructured.Unstructured{Object: right.Group()}, group) == ReadyFor(&unstructured.Unstructured{Object: other.Group()}, group) {
			t.Errorf("%s: nobody is woken", name)
		}
	}
}
