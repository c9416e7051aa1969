package permissions

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

func read(t *testing.T) Policies {
	t.Helper()
	policies, err := Read(filepath.Join("..", "..", "config", "iam"))
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

// A call that another kind's policy allows is not enough, unless it names another object's
// resource. The journal of the end-to-end tests has such calls.
func TestAllow(t *testing.T) {
	policies := read(t)
	for name, test := range map[string]struct {
		owner, action string
		want          bool
	}{
		"its own kind's":                     {"dev/dev/iam.Role/a/web", "iam:CreateRole", true},
		"another kind's":                     {"dev/dev/iam.Role/a/web", "iam:CreateInstanceProfile", false},
		"another kind's, of another service": {"dev/dev/ec2.VPC/a/web", "iam:PassRole", false},
		"no kind's":                          {"dev/dev/iam.Role/a/web", "iam:ListAccountAliases", false},
		"of any kind":                        {"", "iam:CreateInstanceProfile", true},
		"of any kind, and no kind's":         {"", "iam:ListAccountAliases", false},
		"an owner of no kind":                {"dev/dev/iam.Group/a/web", "iam:CreateRole", false},
		"no owner of ours":                   {"somebody", "iam:CreateRole", false},
		"a NAT gateway asks by its VPC":      {"dev/dev/ec2.VPC/a/main", "ec2:DescribeInternetGateways", true},
		"a table's route to a NAT gateway":   {"dev/dev/ec2.NATGateway/a/nat", "ec2:CreateRoute", true},
	} {
		if got := policies.Allow(test.owner, test.action); got != test.want {
			t.Errorf("%s: %s for %q is allowed: %t, want %t", name, test.action, test.owner, got, test.want)
		}
	}
}

// An exception for a call that no kind makes would hide the next kind that makes it.
func TestAboutAnother(t *testing.T) {
	policies := read(t)
	for action := range aboutAnother {
		if !policies.Allow("", action) {
			t.Errorf("%s is called by no kind: delete the row", action)
		}
	}
}

func TestKindOf(t *testing.T) {
	ref := resource.Ref{Kind: "ec2.VPC", Cluster: "prod", Namespace: "a", Name: "main"}
	long := ref
	long.Namespace, long.Name = strings.Repeat("n", 63), strings.Repeat("o", 253)
	for _, ref := range []resource.Ref{ref, long} {
		owner := resource.Owner{Install: "dev", Ref: ref}.Tag()
		if got := KindOf(owner); got != ref.Kind {
			t.Errorf("%q is of kind %q, want %q", owner, got, ref.Kind)
		}
	}
	for _, foreign := range []string{"", "somebody", "team/a/ec2.VPC"} {
		if got := KindOf(foreign); got != "" {
			t.Errorf("%q is of kind %q, though it is not our owner tag", foreign, got)
		}
	}
}
