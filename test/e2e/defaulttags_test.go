package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// awaitTags waits until the resource of an object has these tags; an empty value means that it has none
// with the key.
func (o object) awaitTags(t *testing.T, team team, id string, want map[string]string) {
	t.Helper()
	s := sampleOf(o.ref.Kind)
	lacks := func(got map[string]string) bool {
		for key, value := range want {
			if got[key] != value {
				return true
			}
		}
		return false
	}
	for ctx := within(t, soon); ; time.Sleep(50 * time.Millisecond) {
		got := s.tags(t, team.account, id)
		if !lacks(got) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s has the tags %v, want %v\n%s", o.ref, got, want, w.story(o.ref))
		}
	}
}

// The flag --resource-tags adds tags to every resource, and removes those for which it no longer asks. A
// tag of the user wins, no tag gets into a spec, and a new version of Tack rewrites none.
func TestDefaultTags(t *testing.T) {
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	old := team.apply(t, "ec2.VPC", "old", vpcSpec())
	oldID := old.awaitSynced(t)
	old.awaitTags(t, team, oldID, map[string]string{resource.TagNamespace: team.name, resource.TagControllerVersion: "tack"})
	made, err := client.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16"), TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: ec2types.ResourceTypeVpc, Tags: []ec2types.Tag{{Key: aws.String("env"), Value: aws.String("prod")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	there := aws.ToString(made.Vpc.VpcId)

	checkTakeOver := leftBeforeDefaultTags(t)
	// Each change of the flag concerns every object of the cluster, so one test holds all that needs it.
	t.Cleanup(func() { restartOurs(t, stack.Bridge) })
	restartOurs(t, stack.Bridge+" --resource-tags=env=prod,space=%K8S_NAMESPACE% --resource-tags=made-by=%CONTROLLER_SERVICE%-%CONTROLLER_VERSION%,kro=%KRO_VERSION%")
	all := map[string]string{"env": "prod", "space": team.name, "kro": "", resource.TagNamespace: "", resource.TagControllerVersion: ""}
	old.awaitTags(t, team, oldID, all)
	checkTakeOver()
	first := team.object("iam.Role", "web")
	first.create(t, fields{"name": "web", "assumeRolePolicyDocument": trustEC2, "tags": []any{fields{"key": "Env", "value": "mine"}}})
	firstID := first.awaitSynced(t)
	first.awaitTags(t, team, firstID, map[string]string{"Env": "mine", "env": "", "space": team.name})
	first.wantOneCreate(t, firstID)
	first.wantQuiet(t, team)
	if spec := old.get(t).Object["spec"].(map[string]any); spec["tags"] != nil {
		t.Errorf("the spec has the tags %v", spec["tags"])
	}

	// An upgrade gives the tag with the version another value. Only its key counts.
	if _, err := client.CreateTags(t.Context(), &awsec2.CreateTagsInput{Resources: []string{oldID}, Tags: []ec2types.Tag{{Key: aws.String("made-by"), Value: aws.String("ec2-v0")}}}); err != nil {
		t.Fatal(err)
	}
	old.wantQuiet(t, team)

	// A tag that an adopted resource already has becomes one of the spec, and stays.
	adopted := team.object("ec2.VPC", "adopted")
	adopted.adopts(t, corev1alpha1.AdoptionPolicyAdopt, there, fields{"cidrBlocks": []any{"10.9.0.0/16"}})
	adopted.awaitSynced(t)
	adopted.awaitTags(t, team, there, map[string]string{"env": "prod", "space": team.name})
	adopted.wantQuiet(t, team)

	restartOurs(t, stack.Bridge)
	old.awaitTags(t, team, oldID, map[string]string{"env": "", "space": "", "made-by": "", resource.TagNamespace: team.name, resource.TagControllerVersion: "tack"})
	first.awaitTags(t, team, firstID, map[string]string{"Env": "mine", "space": "", resource.TagNamespace: team.name})
	adopted.awaitTags(t, team, there, map[string]string{"env": "prod", "space": "", "made-by": "", resource.TagNamespace: ""})
	adopted.wantQuiet(t, team)
}
