package e2e

import (
	"testing"

	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// A key that ACK wrote for a FieldExport follows the object. This also holds for a value that changed
// while no controller ran. A different value of another program with the name of ACK's controller stays.
func TestFieldExportsThatACKServed(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	inClass := func(class string) fields {
		return fields{"tags": []any{fields{"key": "class", "value": class}}}
	}
	spec := vpcSpec()
	merge(spec, inClass("gold"))
	vpc := team.apply(t, "ec2.VPC", "main", spec)
	vpc.awaitSynced(t)
	to := configMapIn(team.name, "from-ack")
	to.create(t, "other", "stays") // the API server tracks managers of an object that has fields
	export := func(key, written string, finalizers ...string) exported {
		to.setAs(t, scenario.ACKManager, key, written)
		return vpc.export(t, team, key, `.spec.tags[] | select(.key == "class") | .value`, fields{"name": to.name, "key": key}, finalizers...)
	}
	same, older := export("same", "gold", finalizerOfACK), export("older", "iron", finalizerOfACK)
	equal, foreign := export("equal", "gold"), export("foreign", "iron")
	for _, e := range []exported{same, older, equal} {
		e.awaitShown(t, "", "")
		to.wantKey(t, e.name, "gold")
	}
	foreign.awaitShown(t, resource.ReasonKeyOwned, "field manager "+scenario.ACKManager)

	vpc.patch(t, mergePatch(t, fields{"spec": inClass("silver")}))
	for _, e := range []exported{same, older, equal} {
		to.awaitKey(t, e.name, "silver")
		e.awaitShown(t, "", "")
	}
	to.wantKey(t, foreign.name, "iron")
	to.setAs(t, scenario.ACKManager, foreign.name, nil)
	to.awaitKey(t, foreign.name, "silver")
	wantFinalizerRemoved(t, same)
	wantFinalizerRemoved(t, older)
}
