package resource

import (
	"strings"
	"testing"
)

// A workflow id names the cluster of its object, even if the id is cut and hashed. The worker uses
// it to decide which roles it may assume.
func TestWorkflowID(t *testing.T) {
	long := strings.Repeat("n", 253) // the longest name that Kubernetes allows
	for name, c := range map[string]struct {
		ref  Ref
		want string // the beginning of the id
		cut  bool
	}{
		"short":           {Ref{Kind: "ec2.SecurityGroup", Cluster: "prod", Namespace: "team-a", Name: "web"}, "ec2.SecurityGroup/prod/team-a/web", false},
		"without cluster": {Ref{Kind: "iam.Role", Namespace: "team-a", Name: "web"}, "iam.Role//team-a/web", false},
		"200 bytes":       {Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: long[:188]}, "ec2.VPC/c/n/" + long[:188], false},
		"201 bytes":       {Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: long[:189]}, "ec2.VPC/c/n/" + long[:171] + "~", true},
		"long":            {Ref{Kind: "ec2.VPC", Cluster: "eu-west-1.prod", Namespace: "team-a", Name: long}, "ec2.VPC/eu-west-1.prod/team-a/nnn", true},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.ref.WorkflowID()
			if !strings.HasPrefix(id, c.want) || !c.cut && id != c.want || c.cut && len(id) != maxWorkflowID {
				t.Errorf("the id is %q, %d bytes", id, len(id))
			}
			if got := ClusterOf(id); got != c.ref.Cluster {
				t.Errorf("the cluster is %q, want %q", got, c.ref.Cluster)
			}
			if again := c.ref.WorkflowID(); again != id {
				t.Errorf("a second time the id is %q", again)
			}
		})
	}
}

// Different objects have different ids, even if they differ only after the cut.
func TestWorkflowIDsDiffer(t *testing.T) {
	long := strings.Repeat("n", 240)
	refs := []Ref{
		{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "a"},
		{Kind: "ec2.Subnet", Cluster: "c", Namespace: "n", Name: "a"},
		{Kind: "ec2.VPC", Cluster: "d", Namespace: "n", Name: "a"},
		{Kind: "ec2.VPC", Cluster: "c", Namespace: "m", Name: "a"},
		{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: long + "a"},
		{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: long + "b"},
		{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: long},
	}
	seen := map[string]Ref{}
	for _, ref := range refs {
		id := ref.WorkflowID()
		if other, ok := seen[id]; ok {
			t.Errorf("%+v and %+v have the same id %q", ref, other, id)
		}
		seen[id] = ref
	}
}

// The uid of a cluster is not part of the id, because it may become known later.
func TestClusterUIDIsNotInTheID(t *testing.T) {
	ref := Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "a"}
	known := ref
	known.ClusterUID = "u"
	if ref.WorkflowID() != known.WorkflowID() {
		t.Errorf("the id is %q, then %q", ref.WorkflowID(), known.WorkflowID())
	}
}

func TestClusterOf(t *testing.T) {
	for id, want := range map[string]string{
		"": "", "no-id-of-ours": "", "ec2.VPC/": "", "ec2.VPC/prod": "prod", "ec2.VPC/prod/n/a": "prod", "ec2.VPC//n/a": "",
	} {
		if got := ClusterOf(id); got != want {
			t.Errorf("of %q the cluster is %q, want %q", id, got, want)
		}
	}
}
