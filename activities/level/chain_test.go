package level

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// The chain names the inputs that gave account, Region and role, and what is missing. It serves a
// person without read access to the cluster.
func TestChain(t *testing.T) {
	const (
		special   = "arn:aws:iam::111111111111:role/special"
		byAccount = "account 111111111111: annotation services.k8s.aws/owner-account-id of namespace team-a"
		byFlag    = "Region us-west-2: --aws-region of the bridge"
		byEntry   = "role arn:aws:iam::111111111111:role/tack: key 111111111111 of ConfigMap ack-system/ack-role-account-map"
	)
	ofAccount := func(more fields) func(cluster) {
		annotations := fields{corev1alpha1.AnnotationOwnerAccountID: account}
		maps.Copy(annotations, more)
		return inNamespace(annotations)
	}
	for name, test := range map[string]struct {
		change func(cluster)
		want   []string
	}{
		"the account of the namespace": {func(cluster) {}, []string{byAccount, byFlag, byEntry}},
		"a team": {all(inTeam, teamMap(fields{"core": otherRole})), []string{
			"team core: annotation services.k8s.aws/team-id of namespace team-a",
			"role arn:aws:iam::222222222222:role/tack: key core of ConfigMap ack-system/ack-role-team-map",
			byFlag,
		}},
		"a selector": {selector("s", fields{"arn": special}), []string{
			byAccount, "role arn:aws:iam::111111111111:role/special: IAMRoleSelector s", byFlag,
		}},
		"the entry of the service": {roleMap(fields{account: role, "ec2." + account: special}), []string{
			byAccount, byFlag,
			"role arn:aws:iam::111111111111:role/special: key ec2.111111111111 of ConfigMap ack-system/ack-role-account-map",
		}},
		"the default account": {none, []string{"account 111111111111: --default-account-id of the bridge", byFlag, byEntry}},
		"an endpoint": {ofAccount(fields{corev1alpha1.AnnotationEndpointURL: "https://vpce.example"}), []string{
			byAccount, byFlag, byEntry, "endpoint https://vpce.example: annotation services.k8s.aws/endpoint-url of namespace team-a",
		}},
		"the Region of the namespace": {ofAccount(fields{corev1alpha1.AnnotationDefaultRegion: "eu-west-1"}), []string{
			byAccount, "Region eu-west-1: annotation services.k8s.aws/default-region of namespace team-a", byEntry,
		}},
		"the Region of the object": {func(c cluster) { c.Set("eu-north-1", "metadata", "annotations", corev1alpha1.AnnotationRegion) }, []string{
			byAccount, "Region eu-north-1: annotation services.k8s.aws/region of the object", byEntry,
		}},
		"what is recorded": {func(c cluster) {
			c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
		}, []string{byAccount, byFlag, "recorded: sg-1 in account 111111111111, Region us-west-2", byEntry}},
		"two selectors": {all(selector("s", fields{"arn": role}), selector("t", fields{"arn": role})), []string{
			byAccount, byFlag, "missing: SeveralSelectors: the IAMRoleSelectors s, t all match: change them so that only one matches",
		}},
		"no namespace": {func(c cluster) { delete(c, "namespaces//team-a") }, []string{
			"missing: NamespaceNotFound: namespace team-a does not exist yet: create it",
		}},
		"no map": {func(c cluster) { delete(c, "configmaps/ack-system/ack-role-account-map") }, []string{byAccount, byFlag,
			"missing: RoleMapNotFound: ConfigMap ack-system/ack-role-account-map does not exist yet: create it, with an entry that maps account 111111111111 to its role",
		}},
		"an empty entry": {roleMap(fields{account: ""}), []string{byAccount, byFlag,
			"missing: RoleEmpty: ConfigMap ack-system/ack-role-account-map: the entry 111111111111 is empty: write the ARN of a role of account 111111111111",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			test.change(c)
			s := settings
			s.DefaultAccount = account
			if diff := cmp.Diff(test.want, levelIn(t, c, s).Chain); diff != "" {
				t.Errorf("chain (-want +got):\n%s", diff)
			}
		})
	}
}
