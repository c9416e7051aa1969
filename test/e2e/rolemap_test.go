package e2e

import (
	"slices"
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// The role map itself, not an entry of it, is created before, during or after the start of a bridge
// that never saw one. Calls use only the mapped role.
func roleMapAtAnyMoment(t *testing.T, kubeconfig string) {
	for _, order := range ordersOf([]string{"bridge", "map", "namespace", "object"}, map[string]string{"object": "namespace"}) {
		t.Run(strings.Join(order, "-"), func(t *testing.T) {
			n := neighbour{cluster: "next", install: "dev"}.on(t, kubeconfig)
			if err := n.DropRoleMap(t.Context()); err != nil {
				t.Fatal(err)
			}
			account := scenario.NewAccount()
			team := team{name: "mapped-late-" + account, account: account}
			o := n.object(team, "ec2.VPC", "racer")
			for _, what := range order {
				switch what {
				case "bridge":
					n.bridge(t, kubeconfig)
				case "map":
					n.addRoleMap(t, team)
				case "namespace":
					n.addNamespace(t, team)
				case "object":
					o.create(t, vpcSpec())
					if slices.Equal(order, []string{"bridge", "namespace", "object", "map"}) {
						o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", corev1alpha1.ConfigMapRoleAccountMap)
					}
				}
			}
			o.wantOneCreate(t, o.awaitSynced(t))
			team.wantOwnRole(t, o)
			w.checkHistories(t, team.name)
			deleteAll(t, o)
		})
	}
}
