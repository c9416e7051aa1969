package level

import (
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Two problems with different values have different digests. Otherwise, the status would keep
// reporting the first. The digest holds no words, so a problem needs its values in Args.
func TestProblemsDiffer(t *testing.T) {
	claimed := func(install, name string) func(cluster) {
		return func(c cluster) {
			claim := mine
			claim.Install, claim.For.Cluster, claim.ID = install, name, "sg-1"
			c.Annotate(claim)
		}
	}
	const misspelled = corev1alpha1.AnnotationDeletionPolicy + "x"
	annotate := func(key string) func(cluster) {
		return func(c cluster) { c.Set("true", "metadata", "annotations", key) }
	}
	inSpace := func(key string) func(cluster) {
		return inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, key: "true"})
	}
	movedTo := func(account string) func(cluster) {
		return all(func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}) }, annotated(account))
	}
	another := func(change func(cluster)) func(cluster) {
		return all(func(c cluster) { c.Set("sg-1", "status", "id") }, change)
	}
	for name, changes := range map[string][2]func(cluster){
		"OtherInstallation":               {claimed("other", "dev"), claimed("third", "dev")},
		"OtherCluster":                    {claimed("dev", "other"), claimed("dev", "third")},
		"AnnotationNotSupported":          {annotate(misspelled), annotate(corev1alpha1.AnnotationTeamID)},
		"AnnotationNotSupported, deleted": {annotate(misspelled), all(annotate(misspelled), func(c cluster) { c.Claim(mine); c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") })},
		"AnnotationNotSupported, placed":  {annotate(corev1alpha1.AnnotationOwnerAccountID), inSpace(corev1alpha1.AnnotationReadOnly)},
		"AccountChanged":                  {movedTo("222222222222"), movedTo("333333333333")},
		"RegionChanged":                   {all(movedTo(account), inRegionOf("eu-west-1")), all(movedTo(account), inRegionOf("eu-west-2"))},
		"OtherController, annotation":     {another(annotate(corev1alpha1.AnnotationOwnerAccountID)), another(annotate(corev1alpha1.AnnotationTeamID))},
		"OtherController, role":           {another(mapped("222222222222", role)), another(roleMap(fields{account: ""}))},
	} {
		var digests []string
		for _, change := range changes {
			c := complete()
			change(c)
			l := levelIn(t, c, settings)
			if l.Problem == nil {
				t.Fatalf("%s: there is no problem", name)
			}
			digests = append(digests, l.Digest)
		}
		if digests[0] == digests[1] {
			t.Errorf("%s: both problems have the digest %s", name, digests[0])
		}
	}
}
