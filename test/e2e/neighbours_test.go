package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// neighbour is another cluster with its own bridge.
type neighbour struct {
	scenario.Cluster
	cluster, install string
	args             []string // more flags of its bridge
}

// Tests that need a cluster without other tests.
func TestSecondCluster(t *testing.T) {
	stack := secondCluster(t)
	second := stack.Kubeconfig
	t.Run("the role map comes at any moment", func(t *testing.T) { roleMapAtAnyMoment(t, second) })
	t.Run("neighbours in one account", func(t *testing.T) { neighboursInOneAccount(t, second) })
	t.Run("both on one cluster", func(t *testing.T) { twoOnOneCluster(t, second) })
	t.Run("the deletion policy of the bridge", func(t *testing.T) { retainedByTheBridge(t, second) })
	t.Run("policies of AWS", func(t *testing.T) { policiesOfAWS(t, stack) })
}

// Two clusters, or two installations, use one account and objects with equal names. Each creates
// its own resources, leaves the other's alone, and reports the owner.
func neighboursInOneAccount(t *testing.T, second string) {
	for _, n := range []neighbour{{cluster: "next", install: "dev"}, {cluster: "far", install: "other"}} {
		t.Run(n.cluster+" of "+n.install, func(t *testing.T) {
			n = n.bridge(t, second)
			team := newTeam(t)
			n.enter(t, team)
			vpc, reader := team.apply(t, "ec2.VPC", "main", vpcSpec()), team.apply(t, "iam.Policy", "reader", policySpec("reader"))
			ours := []string{vpc.awaitSynced(t), reader.awaitSynced(t)}

			theirVPC, theirReader := n.object(team, "ec2.VPC", "main"), n.object(team, "iam.Policy", "reader")
			theirVPC.create(t, vpcSpec())
			theirReader.create(t, policySpec("reader"))
			if id := theirVPC.awaitSynced(t); id == ours[0] || len(w.vpcs(t, team.account)) != 2 {
				t.Errorf("their VPC is %s, ours %s, and the account has %d", id, ours[0], len(w.vpcs(t, team.account)))
			}
			theirReader.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "belongs to "+scenario.OwnerOf(reader.ref))
			for _, o := range []object{theirVPC, theirReader} {
				o.delete(t)
				o.awaitGone(t)
			}
			if vpcs, policies := w.vpcs(t, team.account), w.policies(t, team.account); len(vpcs) != 1 || *vpcs[0].VpcId != ours[0] || len(policies) != 1 {
				t.Errorf("remaining: %+v and %+v, want ours", vpcs, policies)
			}
			for i, o := range []object{vpc, reader} {
				o.wantQuiet(t, team)
				o.wantOneCreate(t, ours[i])
			}
		})
	}
}

// Two installations watch one cluster. An object belongs to the installation that claims it first.
// The other one reports that and does nothing, not even at its deletion.
func twoOnOneCluster(t *testing.T, kubeconfig string) {
	first, other := neighbour{cluster: "next", install: "dev"}, neighbour{cluster: "far", install: "other"}
	first = first.bridge(t, kubeconfig)
	team := newTeam(t)
	first.enter(t, team)
	vpc := first.object(team, "ec2.VPC", "claimed")
	vpc.create(t, vpcSpec())
	id := vpc.awaitSynced(t)

	other.bridge(t, kubeconfig)
	vpc.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", `claimed by installation "dev"`)
	vpc.patch(t, `{"spec":{"tags":[{"key":"edited","value":"yes"}]}}`)
	vpc.awaitDone(t, "update")
	vpc.wantOneCreate(t, id)

	raced := first.object(team, "iam.Policy", "raced")
	raced.create(t, policySpec("raced"))
	raced.awaitSynced(t)
	raced.awaitEvents(t, "Foreign") // the owner's next status replaces the condition
	if vpcs, policies := w.vpcs(t, team.account), w.policies(t, team.account); len(vpcs) != 1 || len(policies) != 1 {
		t.Errorf("got %+v and %+v, want one of each", vpcs, policies)
	}
	for _, o := range []object{vpc, raced} {
		o.delete(t)
		o.awaitGone(t)
	}
	if vpcs, policies := w.vpcs(t, team.account), w.policies(t, team.account); len(vpcs)+len(policies) > 0 {
		t.Errorf("remaining: %+v and %+v", vpcs, policies)
	}
	wantOnlyOurs(t, team, 0)
}

// A bridge that retains resources keeps those of the objects that do not decide for themselves.
func retainedByTheBridge(t *testing.T, kubeconfig string) {
	n := neighbour{cluster: "next", install: "dev", args: []string{"--deletion-policy=retain"}}.bridge(t, kubeconfig)
	team := newTeam(t)
	n.enter(t, team)
	kept, deleted := n.object(team, "ec2.VPC", "kept"), n.object(team, "ec2.VPC", "deleted")
	kept.create(t, vpcSpec())
	deleted.create(t, vpcSpec())
	id := kept.awaitSynced(t)
	deleted.awaitSynced(t)
	deleted.annotate(t, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyDelete)
	deleteAll(t, kept, deleted)
	left := w.vpcs(t, team.account)
	if len(left) != 1 || *left[0].VpcId != id {
		t.Fatalf("remaining: %+v, want %s", left, id)
	}
	if owner := resource.OwnershipOf(ec2Tags(t, team.account, id)).Owner; owner != "" {
		t.Errorf("it still carries the owner tag of %s", owner)
	}
	wantOnlyOurs(t, team, 0)
}

// secondCluster starts an environment beside the first. It has its own AWS with AWS's policies, and
// neither bridge nor workers.
func secondCluster(t *testing.T) *stack.Stack {
	t.Helper()
	s, err := stack.Up(t.Context(), stack.Options{
		Dir: filepath.Join(".tack", fmt.Sprintf("test-%d-next", os.Getpid())), NoBridge: true, NoWorkers: true, ManagedPolicies: true, Out: os.Stdout,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Down(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// bridge runs a bridge for the cluster, with the existing Temporal and workers, until the end of
// the test.
func (n neighbour) bridge(t *testing.T, kubeconfig string) neighbour {
	t.Helper()
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(w.LogDir, "k8sbridge-"+n.cluster+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--kubeconfig", kubeconfig, "--cluster", n.cluster, "--install-id", n.install, "--aws-region", stack.Region,
		"--system-namespace", stack.SystemNamespace}, n.args...)
	cmd := exec.Command(filepath.Join(root, ".tack", "bin", stack.Bridge), args...)
	cmd.Env = append(os.Environ(), "TEMPORAL_ADDRESS="+w.TemporalAddress, "TEMPORAL_NAMESPACE="+stack.TemporalNamespace)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		_ = log.Close()
	})
	return n.on(t, kubeconfig)
}

// on returns the neighbour with a client of its cluster.
func (n neighbour) on(t *testing.T, kubeconfig string) neighbour {
	t.Helper()
	cluster, err := scenario.Open(n.cluster, kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	n.Cluster = cluster
	return n
}

// enter gives the neighbour the team's namespace and the role of its account.
func (n neighbour) enter(t *testing.T, team team) {
	t.Helper()
	n.addNamespace(t, team)
	n.addRoleMap(t, team)
}

func (n neighbour) addNamespace(t *testing.T, team team) {
	t.Helper()
	if err := n.MakeTeam(t.Context(), scenario.Team{Namespace: team.name, Account: team.account}, nil); err != nil {
		t.Fatal(err)
	}
}

// addRoleMap maps the team's account, and creates the role map if it is missing.
func (n neighbour) addRoleMap(t *testing.T, team team) {
	t.Helper()
	if err := n.MapRoles(t.Context(), fields{team.account: scenario.RoleIn(team.account)}); err != nil {
		t.Fatal(err)
	}
}

func (n neighbour) object(team team, kindName, name string) object {
	return objectIn(n.Cluster, team.object(kindName, name).kind, team.name, name)
}
