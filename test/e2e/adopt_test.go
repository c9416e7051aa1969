package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// Each kind adopts a resource that nobody manages, from a spec with only the required fields. The spec
// gets the rest from AWS, and AWS gets only the owner tags. The annotation may then go, and the
// object deletes its resource like any other.
func TestAdoptEachKind(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		first := team.apply(t, s.kind, "first", s.spec())
		id := first.awaitSynced(t)
		w.result(t, first.ref)
		was := first.get(t)
		first.release(t)
		mark := lastSeq(t)
		o := team.object(s.kind, "second")
		o.createWith(t, s.forced(o.adoptionOf(corev1alpha1.AdoptionPolicyAdopt, nameOf(o.kind, id, was))), required(t, o.kind, was))
		if got := o.awaitSynced(t); got != id {
			t.Errorf("it adopted %s, want %s", got, id)
		}
		o.await(t, "adopted", soon, func(u *unstructured.Unstructured) bool {
			return u.GetAnnotations()[corev1alpha1.AnnotationAdopted] == "true"
		})
		w.result(t, o.ref)
		team.wantOnlyTagged(t, mark)
		o.wantQuiet(t, team)
		o.annotate(t, corev1alpha1.AnnotationAdoptionPolicy, "")
		o.wantQuiet(t, team)
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
		o.delete(t)
		o.awaitGone(t)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
	})
}

// A spec that differs from the resource to adopt stops the adoption, before any write. Each difference
// is an advice with both values. With adopt-or-create, the spec is applied.
func TestAdoptionThatDiffers(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	first := team.apply(t, "ec2.SecurityGroup", "first", groupSpec("web", 80))
	id := first.awaitSynced(t)
	w.result(t, first.ref)
	first.release(t)
	mark := lastSeq(t)
	o := team.object("ec2.SecurityGroup", "second")
	o.adopts(t, corev1alpha1.AdoptionPolicyAdopt, id, groupSpec("web", 443))
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "AdoptionDiffers "+id+" is not adopted yet, because the spec differs in ingressRules")
	o.awaitCondition(t, corev1alpha1.ConditionTypeAdvisory, "True", "Difference spec.ingressRules: the spec has ")
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
	o.annotate(t, corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AdoptionPolicyAdoptOrCreate)
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it adopted %s, want %s", got, id)
	}
	if got := portsOf(w.groups(t, team.account)[0]); fmt.Sprint(got) != "[443]" {
		t.Errorf("the group allows the ports %v, want 443", got)
	}
	deleteAll(t, o)
}

// keptUnique are the kinds with something that AWS keeps unique: a name, a block, an address, or two ends.
var keptUnique = []string{
	"ec2.ElasticIPAddress", "ec2.FlowLog", "ec2.LaunchTemplate", "ec2.NATGateway", "ec2.SecurityGroup", "ec2.Subnet",
	"ec2.TransitGatewayVPCAttachment", "ec2.VPCEndpoint", "ec2.VPCPeeringConnection",
	"iam.Group", "iam.InstanceProfile", "iam.OpenIDConnectProvider", "iam.Policy", "iam.Role", "iam.ServiceLinkedRole", "iam.User",
}

// Without adoption-fields, adopt-or-create adopts the resource that has what AWS keeps unique about the
// spec. AWS accepts no second create.
func TestAdoptWhatAWSKeepsUnique(t *testing.T) {
	var kinds []sample
	for _, kind := range keptUnique {
		kinds = append(kinds, sampleOf(kind))
	}
	ofKinds(t, kinds, func(t *testing.T, s sample, team team) {
		spec := func() fields {
			spec := s.spec()
			if s.kind == "ec2.ElasticIPAddress" {
				spec["address"] = "198.51.100.7"
			}
			return spec
		}
		first := team.apply(t, s.kind, "first", spec())
		id := first.awaitSynced(t)
		w.result(t, first.ref)
		first.release(t)
		mark := lastSeq(t)
		o := team.object(s.kind, "second")
		o.createWith(t, s.forced(fields{corev1alpha1.AnnotationAdoptionPolicy: corev1alpha1.AdoptionPolicyAdoptOrCreate}), spec())
		if got := o.awaitSynced(t); got != id {
			t.Errorf("it adopted %s, want %s", got, id)
		}
		w.result(t, o.ref)
		team.wantOnlyTagged(t, mark)
		if got := o.get(t).GetAnnotations()[corev1alpha1.AnnotationAdopted]; got != "true" {
			t.Errorf("the annotation adopted is %q", got)
		}
		deleteAll(t, o)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
	})
}

// Two subnets fit a spec: one has its IPv4 block, and the other its IPv6 block. Nothing is adopted or
// created until the annotation names one. Its VPC then refuses the block of the other one.
func TestAdoptionThatFitsTwo(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	vpc, err := client.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), AmazonProvidedIpv6CidrBlock: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	of, err := client.DescribeVpcs(t.Context(), &awsec2.DescribeVpcsInput{VpcIds: []string{*vpc.Vpc.VpcId}})
	if err != nil || len(of.Vpcs) != 1 || len(of.Vpcs[0].Ipv6CidrBlockAssociationSet) != 1 {
		t.Fatalf("the VPC is %+v: %v", of, err)
	}
	six := strings.Replace(*of.Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock, "/56", "/64", 1)
	var ids []string
	for _, in := range []awsec2.CreateSubnetInput{{CidrBlock: aws.String("10.0.1.0/24")}, {CidrBlock: aws.String("10.0.2.0/24"), Ipv6CidrBlock: &six}} {
		in.VpcId = vpc.Vpc.VpcId
		made, err := client.CreateSubnet(t.Context(), &in)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, *made.Subnet.SubnetId)
	}
	mark := lastSeq(t)
	o := team.object("ec2.Subnet", "it")
	o.createWith(t, fields{corev1alpha1.AnnotationAdoptionPolicy: corev1alpha1.AdoptionPolicyAdoptOrCreate},
		fields{"vpcID": *vpc.Vpc.VpcId, "cidrBlock": "10.0.1.0/24", "ipv6CIDRBlock": six})
	slices.Sort(ids)
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "AdoptionAmbiguous "+strings.Join(ids, ", ")+" all have what AWS keeps unique about this spec")
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
	o.annotate(t, corev1alpha1.AnnotationAdoptionFields, fmt.Sprintf(`{"subnetID":%q}`, ids[0]))
	o.await(t, "the adoption of "+ids[0], soon, func(u *unstructured.Unstructured) bool {
		id, _, _ := unstructured.NestedString(u.Object, "status", "subnetID")
		return id == ids[0]
	})
	// A deletion before that would leave the resource as it is: nothing in AWS says yet that it is the object's.
	o.awaitTags(t, team, ids[0], map[string]string{resource.TagUID: string(o.get(t).GetUID()) + "/1"})
	deleteAll(t, o)
}

// A resource of another object is adopted only by force. That object then reports who has it.
func TestAdoptionByForce(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	owner := team.apply(t, "ec2.VPC", "owner", vpcSpec())
	id := owner.awaitSynced(t)
	o := team.object("ec2.VPC", "second")
	mark := lastSeq(t)
	o.adopts(t, corev1alpha1.AdoptionPolicyAdopt, id, fields{"cidrBlocks": vpcSpec()["cidrBlocks"]})
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "OwnedByAnother "+id+" belongs to ")
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
	o.annotate(t, corev1alpha1.AnnotationAdoptionForce, "true")
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it adopted %s, want %s", got, id)
	}
	w.force(t, owner.ref)
	owner.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "OwnedByAnother "+id+" belongs to ")
	owner.release(t)
	if n := len(w.vpcs(t, team.account)); n != 1 {
		t.Errorf("there are %d VPCs, want 1", n)
	}
	deleteAll(t, o)
}

// Annotations that name no resource, and resources that AWS does not show, are conditions. A
// correction is noticed at once.
func TestAdoptionThatFindsNothing(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	made, err := client.CreateVpc(t.Context(), &awsec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16"), TagSpecifications: []ec2types.TagSpecification{
		{ResourceType: ec2types.ResourceTypeVpc, Tags: []ec2types.Tag{{Key: aws.String("team"), Value: aws.String("a")}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	id, mark := aws.ToString(made.Vpc.VpcId), lastSeq(t)
	o := team.object("ec2.VPC", "it")
	o.adopts(t, corev1alpha1.AdoptionPolicyAdopt, "vpc-0123456789abcdef0", fields{"cidrBlocks": []any{"10.9.0.0/16"}})
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "AdoptionNotFound AWS shows no vpc-0123456789abcdef0 in account "+team.account)
	o.annotate(t, corev1alpha1.AnnotationAdoptionFields, `{"id":"`+id+`"}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", `a VPC is found by its vpcID: write {"vpcID": "…"}`)
	o.annotate(t, corev1alpha1.AnnotationAdoptionFields, "vpcID="+id)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "is not a JSON object")
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
	o.annotate(t, corev1alpha1.AnnotationAdoptionFields, `{"vpcID":"`+id+`"}`)
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it adopted %s, want %s", got, id)
	}
	o.await(t, "the tags of AWS in the spec", soon, func(u *unstructured.Unstructured) bool {
		tags, _, _ := unstructured.NestedSlice(u.Object, "spec", "tags")
		return len(tags) == 1
	})
	deleteAll(t, o)
}

// adopts creates an object that adopts the named resource.
func (o object) adopts(t *testing.T, policy, name string, spec fields) {
	t.Helper()
	o.createWith(t, o.adoptionOf(policy, name), spec)
}

// adoptionOf returns the annotations that ask for the adoption of a resource.
func (o object) adoptionOf(policy, name string) fields {
	key, _ := o.kind.AdoptionKey()
	return fields{corev1alpha1.AnnotationAdoptionPolicy: policy, corev1alpha1.AnnotationAdoptionFields: fmt.Sprintf(`{%q:%q}`, key, name)}
}

// createWith creates an object with annotations.
func (o object) createWith(t *testing.T, annotations, spec fields) {
	t.Helper()
	u := &unstructured.Unstructured{Object: fields{"apiVersion": o.kind.Group + "/" + o.kind.Version, "kind": o.kind.Kind, "metadata": fields{
		"name": o.ref.Name, "namespace": o.ref.Namespace, "annotations": annotations,
	}, "spec": o.withIDs(t, spec)}}
	if _, err := o.client().Create(t.Context(), u, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// nameOf returns how that key names the resource of an object.
func nameOf(kind apis.Kind, id string, u *unstructured.Unstructured) string {
	if _, byName := kind.AdoptionKey(); byName {
		id, _, _ = unstructured.NestedString(u.Object, "spec", "name")
	}
	return id
}

// required returns the fields of a spec without which the API server accepts no object.
func required(t *testing.T, kind apis.Kind, u *unstructured.Unstructured) fields {
	t.Helper()
	root, err := stack.Root()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "config", "crd", kind.Group+"_"+kind.Plural+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema struct {
						Properties struct {
							Spec struct {
								Required []string `json:"required"`
							} `json:"spec"`
						} `json:"properties"`
					} `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(raw, &crd); err != nil {
		t.Fatal(err)
	}
	some := fields{}
	for _, field := range crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties.Spec.Required {
		some[field], _, _ = unstructured.NestedFieldCopy(u.Object, "spec", field)
	}
	return some
}

// release deletes the object and keeps its resource, without our tags.
func (o object) release(t *testing.T) {
	t.Helper()
	o.annotate(t, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyRetain)
	o.delete(t)
	o.awaitGone(t)
}

// ownerKeys are the keys of the owner tags, in both forms.
var ownerKeys = []string{resource.TagOwner, resource.TagUID, resource.PlainTagOwner, resource.PlainTagUID}

// wantOnlyTagged checks that the calls in the team's account after a mark set owner tags and changed nothing
// else.
func (team team) wantOnlyTagged(t *testing.T, mark int64) {
	t.Helper()
	entries, err := w.AWS.Journal(t.Context(), gateway.Query{Account: team.account, Since: mark, Mutation: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		sets := e.Action == "CreateTags" || strings.HasPrefix(e.Action, "Tag")
		other := slices.ContainsFunc(e.TagKeys, func(key string) bool { return !slices.Contains(ownerKeys, key) })
		if !sets || other || len(e.TagKeys) == 0 {
			t.Errorf("the adoption sent %s for %q with the tags %q", e.Action, e.Resources, e.TagKeys)
		}
	}
}
