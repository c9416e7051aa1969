package e2e

import (
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
)

// References cross namespaces, unless the installation forbids it. Then the object reports it, and
// continues when they are allowed again.
func TestReferencesAcrossNamespaces(t *testing.T) {
	network, team := newTeam(t), newTeam(t)
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, network.account)
	vpc := network.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	t.Cleanup(func() { restartOurs(t, stack.Bridge) })
	restartOurs(t, stack.Bridge+" --enable-cross-namespace=false")
	spec := groupSpec("web", 80)
	spec["vpcRef"] = fields{"from": fields{"name": "main", "namespace": network.name}}
	o := team.apply(t, "ec2.SecurityGroup", "web", spec)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "CrossNamespaceNotAllowed spec.vpcRef: names an object of namespace "+network.name)
	if n := len(o.creates(t)); n != 0 {
		t.Errorf("AWS accepted %d creates", n)
	}
	restartOurs(t, stack.Bridge)
	o.wantOneCreate(t, o.awaitSynced(t))
	if got := *w.groups(t, network.account)[0].VpcId; got != vpc {
		t.Errorf("it is in %s, want %s", got, vpc)
	}
}
