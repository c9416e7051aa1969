package e2e

import (
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

var hubSeed = flag.Uint64("hub.seed", uint64(time.Now().UnixNano()), "seed of the orders in which config/samples/hub is applied")

// The hub and spoke of config/samples/hub, in two accounts, converge in every order without a person.
// Each resource is created once, and each account accepts what the other asks for once. The deletion
// of both namespaces empties both accounts.
func TestHubInAnyOrder(t *testing.T) {
	t.Parallel()
	t.Logf("shuffled by -hub.seed=%d", *hubSeed)
	for i, name := range []string{"shuffle 1", "shuffle 2", "shuffle 3"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(*hubSeed, uint64(i)))
			hub, spoke := newTeam(t), newTeam(t)
			h, err := scenario.ReadHub(scenario.Team{Namespace: hub.name, Account: hub.account}, scenario.Team{Namespace: spoke.name, Account: spoke.account})
			if err != nil {
				t.Fatal(err)
			}
			random.Shuffle(len(h.Documents), func(i, j int) { h.Documents[i], h.Documents[j] = h.Documents[j], h.Documents[i] })
			persist(t, "mapping the accounts", func(int) error { return w.MapHub(t.Context(), h) })
			since := lastSeq(t)
			applied, err := w.ApplyHub(within(t, 2*soon), h, "test", nil)
			if err != nil {
				t.Fatalf("%v\n%s%s", err, hub.left(t), spoke.left(t))
			}
			ids := map[string]string{}
			for _, o := range applied {
				object := objectIn(w.Cluster, o.Kind, o.Ref.Namespace, o.Ref.Name)
				id := object.awaitSynced(t)
				object.wantOneCreate(t, id)
				ids[o.Ref.Kind+"/"+o.Ref.Name] = id
			}
			wantExported(t, h, ids)
			wantAccepted(t, h, since)
			deleteHub(t, hub, spoke)
		})
	}
}

func wantExported(t *testing.T, h *scenario.Hub, ids map[string]string) {
	t.Helper()
	got, err := w.HubIDs(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"hub-vpc": ids["ec2.VPC/hub"], "branches": ids["ec2.ManagedPrefixList/branches"], "transit-gateway": ids["ec2.TransitGateway/hub"],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exported ids (-want +got):\n%s", diff)
	}
}

// wantAccepted checks by the journal that what one account asks of the other was accepted there once,
// by the role of that account.
func wantAccepted(t *testing.T, h *scenario.Hub, since int64) {
	t.Helper()
	for _, of := range []struct{ action, by string }{
		{"AcceptTransitGatewayVpcAttachment", h.Hub.Account},
		{"AcceptVpcPeeringConnection", h.Spoke.Account},
	} {
		entries, err := w.AWS.Journal(t.Context(), gateway.Query{Action: of.action, Account: of.by, Since: since})
		if err != nil {
			t.Fatal(err)
		}
		accepted := 0
		for _, e := range entries {
			if e.Accepted {
				accepted++
			}
			if e.Principal != scenario.RoleIn(of.by) {
				t.Errorf("%s was called by %s", of.action, e.Principal)
			}
		}
		if accepted != 1 {
			t.Errorf("%s was carried out %d times in account %s, want 1", of.action, accepted, of.by)
		}
	}
}

// deleteHub deletes both namespaces at once: each has resources that hold those of the other.
func deleteHub(t *testing.T, teams ...team) {
	t.Helper()
	var all sync.WaitGroup
	for _, team := range teams {
		all.Go(func() {
			if err := w.DeleteNamespace(within(t, 3*soon), team.name); err != nil {
				t.Errorf("%v\n%s", err, team.left(t))
			}
		})
	}
	all.Wait()
	for _, team := range teams {
		for _, s := range samples() {
			if n := s.count(t, team.account); n != 0 {
				t.Errorf("%d of kind %s remain in account %s", n, s.kind, team.account)
			}
		}
	}
}
