package level

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A step in another account passes the gate of the object's own account: the role map, with the
// namespaces that may use the entry.
func TestAccepter(t *testing.T) {
	there := resource.Target{Partition: "aws", AccountID: otherAccount, Region: "eu-west-1"}
	both := fields{account: role, otherAccount: otherRole}
	allowing := func(key, list string) func(cluster) {
		return roleMap(fields{account: role, otherAccount: otherRole, key: list})
	}
	for name, c := range map[string]struct {
		change func(cluster)
		asked  resource.Target
		role   string // empty: no call
		says   string
	}{
		"mapped":                      {roleMap(both), there, otherRole, ""},
		"the entry of the service":    {allowing("ec2."+otherAccount, otherRole+"-ec2"), there, otherRole + "-ec2", ""},
		"not mapped":                  {roleMap(fields{account: role}), there, "", "account 222222222222 is not in ConfigMap ack-system/ack-role-account-map"},
		"the namespace may use it":    {allowing("allowed-namespaces."+otherAccount, "team-*"), there, otherRole, ""},
		"the namespace may not":       {allowing("allowed-namespaces."+otherAccount, "team-b"), there, "", "does not list namespace team-a"},
		"not for the service":         {allowing("allowed-namespaces.ec2."+otherAccount, "team-b"), there, "", "does not list namespace team-a"},
		"a role of a third account":   {roleMap(fields{account: role, otherAccount: strings.ReplaceAll(otherRole, "2", "3")}), there, "", "a role of account 333333333333"},
		"its own account":             {roleMap(both), resource.Target{AccountID: account, Region: "eu-west-1"}, role, ""},
		"no account":                  {roleMap(both), resource.Target{AccountID: "me", Region: "eu-west-1"}, "", `"me" is not an account id`},
		"no Region":                   {roleMap(both), resource.Target{AccountID: otherAccount, Region: "a.b"}, "", `"a.b" is not a Region`},
		"no role of its own":          {roleMap(fields{otherAccount: otherRole}), there, "", ""},
		"nobody is asked for":         {roleMap(both), resource.Target{}, "", ""},
		"another partition's role":    {roleMap(fields{account: role, otherAccount: "arn:aws-cn:iam::222222222222:role/tack"}), there, "arn:aws-cn:iam::222222222222:role/tack", ""},
		"its namespace is not mapped": {inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "444444444444"}), there, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := complete()
			c.change(in)
			kind, _ := apis.ByName(groupRef.Kind)
			got, err := Accepter(t.Context(), in, settings, kind, levelIn(t, in, settings), c.asked)
			if err != nil {
				t.Fatal(err)
			}
			if got.Target.RoleARN != c.role || !strings.Contains(got.Missing, c.says) || (c.says == "") != (got.Missing == "") {
				t.Errorf("%+v, want role %q, and words %q", got, c.role, c.says)
			}
			if c.role == "" {
				return
			}
			want := resource.Target{Partition: strings.Split(c.role, ":")[1], AccountID: c.asked.AccountID, Region: c.asked.Region, RoleARN: c.role}
			if diff := cmp.Diff(want, got.Target); diff != "" {
				t.Errorf("target (-want +got):\n%s", diff)
			}
		})
	}
}
