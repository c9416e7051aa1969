package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// annotate sets an annotation of an object; an empty value removes it.
func (o object) annotate(t *testing.T, key, value string) {
	t.Helper()
	o.patch(t, annotationPatch(key, value))
}

func annotationPatch(key, value string) string {
	if value == "" {
		return fmt.Sprintf(`{"metadata":{"annotations":{%q:null}}}`, key)
	}
	return fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, key, value)
}

// annotate sets an annotation of the team's namespace.
func (team team) annotate(t *testing.T, key, value string) {
	t.Helper()
	persist(t, "annotating namespace "+team.name, func(int) error {
		_, err := w.Kube.Resource(kubeapi.Namespaces).Patch(t.Context(), team.name, types.MergePatchType, []byte(annotationPatch(key, value)), metav1.PatchOptions{})
		return err
	})
}

// mutationsSince returns the calls in the team's account, after a mark, that change a resource.
func (team team) mutationsSince(t *testing.T, mark int64) (actions []string) {
	t.Helper()
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: mark, Mutation: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		actions = append(actions, e.Action)
	}
	return actions
}

// During a waiting deletion, the namespace or the object changes the policy to retain. The object
// then goes at once, and the resource stays without our tags.
func TestRetainedWhileTheDeletionWaits(t *testing.T) {
	t.Parallel()
	for name, retain := range map[string]func(*testing.T, team, object){
		"by the namespace": func(t *testing.T, team team, _ object) {
			t.Helper()
			team.annotate(t, corev1alpha1.NamespaceDeletionPolicy("ec2"), corev1alpha1.DeletionPolicyRetain)
		},
		"by the object": func(t *testing.T, _ team, vpc object) {
			t.Helper()
			vpc.annotate(t, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyRetain)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
			id := vpc.awaitSynced(t)
			client := awsec2.NewFromConfig(w.config(t, team.account))
			made, err := client.CreateSubnet(t.Context(), &awsec2.CreateSubnetInput{VpcId: &id, CidrBlock: aws.String("10.0.1.0/24")})
			if err != nil {
				t.Fatal(err)
			}
			vpc.delete(t)
			vpc.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "DependencyViolation")
			retain(t, team, vpc)
			vpc.awaitGone(t)
			left := w.vpcs(t, team.account)
			if len(left) != 1 || *left[0].VpcId != id {
				t.Fatalf("remaining: %+v, want %s", left, id)
			}
			for _, tag := range left[0].Tags {
				if *tag.Key == "services.k8s.aws/tack-owner" {
					t.Errorf("it still carries our tag %s", *tag.Key)
				}
			}
			if _, err := client.DeleteSubnet(t.Context(), &awsec2.DeleteSubnetInput{SubnetId: made.Subnet.SubnetId}); err != nil {
				t.Error(err)
			}
			if _, err := client.DeleteVpc(t.Context(), &awsec2.DeleteVpcInput{VpcId: &id}); err != nil {
				t.Error(err)
			}
		})
	}
}
