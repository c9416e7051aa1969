package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// adopting is a story about resources that exist before Tack.
type adopting struct {
	*story
	client *awsec2.Client // of a person, or of another tool
	began  int64          // the last AWS call before Tack may act
	left   []*leftover
}

// tellAdoption shows how Tack adopts what CloudFormation made, and takes over what ACK left.
func (s *story) tellAdoption(ctx context.Context) error {
	began := time.Now()
	a := &adopting{story: s}
	err := s.tellAll(ctx,
		chapter{"A VPC that CloudFormation made", a.makeStack},
		chapter{"Tack adopts it, after a look at the plan", a.adoptStack},
		chapter{"Three objects that ACK left, one of them broken", a.leave},
		chapter{"Tack takes them over", a.takeOver},
		chapter{"What AWS received", a.showJournal},
	)
	if err != nil {
		return err
	}
	s.out.heading(fmt.Sprintf("Finished in %s, all of it checked", took(began)))
	s.out.say("Read docs/adoption.md and docs/moving-from-ack.md. The Web UI shows every run: %s. `make down` stops everything.", s.TemporalUI)
	return nil
}

// makeStack makes a VPC in AWS with the tags that CloudFormation sets.
func (a *adopting) makeStack(ctx context.Context) error {
	if err := a.makeTeam(ctx, a.a); err != nil {
		return err
	}
	if err := a.MapRoles(ctx, fields{a.a.Account: scenario.RoleIn(a.a.Account)}); err != nil {
		return err
	}
	cfg, err := a.Person(ctx, a.a.Account)
	if err != nil {
		return err
	}
	a.client = awsec2.NewFromConfig(cfg)
	id, err := a.makeVPC(ctx, "10.0.0.0/16", map[string]string{"team": "web"})
	if err != nil {
		return err
	}
	err = a.AWS.CallAsService(ctx, gateway.ServiceCall{Account: a.a.Account, Region: stack.Region, Service: "ec2", Params: map[string]string{
		"Action": "CreateTags", "ResourceId.1": id,
		"Tag.1.Key": "aws:cloudformation:stack-name", "Tag.1.Value": "web", "Tag.2.Key": "aws:cloudformation:logical-id", "Tag.2.Value": "Main",
	}})
	if err != nil {
		return err
	}
	a.out.say("In account %s, the CloudFormation stack web has the VPC %s. AWS put its own tags on it, which nobody else may set or remove.", a.a.Account, id)
	if a.began, err = a.AWS.LastSeq(ctx); err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	o := a.objectOf(a.a, a.vpc("stack", fields{"cidrBlocks": []any{"10.0.0.0/16"}}, map[string]string{
		corev1alpha1.AnnotationAdoptionPolicy: corev1alpha1.AdoptionPolicyAdopt, corev1alpha1.AnnotationAdoptionFields: fmt.Sprintf(`{"vpcID":%q}`, id),
	}))
	if err = o.apply(ctx); err != nil {
		return err
	}
	o.id = id
	said, err := o.awaitReason(ctx, resource.ReasonOwnedByAnother)
	if err != nil {
		return err
	}
	a.out.say("Namespace %s applies VPC stack with the annotations that ask to adopt it. Tack refuses, because the stack may be in use:", a.a.Namespace)
	a.out.quote(said)
	return nil
}

// adoptStack plans and carries out the adoption by force.
func (a *adopting) adoptStack(ctx context.Context) error {
	o := a.objects[0]
	annotations := o.manifest.GetAnnotations()
	annotations[corev1alpha1.AnnotationAdoptionForce] = "true"
	o.manifest.SetAnnotations(annotations)
	report, err := a.plan(ctx, o.manifest)
	if err != nil {
		return err
	}
	if !strings.Contains(report, "ec2:CreateTags") || strings.Contains(report, "ec2:CreateVpc") {
		return fmt.Errorf("checking the plan: it is not one call for the tags:\n%s", report)
	}
	a.out.say("The stack is about to go, so the team adds the annotation that allows it. First, `starter plan` says what Tack would do:")
	a.show(report)
	if err = o.apply(ctx); err != nil {
		return err
	}
	u, err := o.awaitSynced(ctx)
	if err != nil {
		return err
	}
	tags, _, _ := unstructured.NestedSlice(u.Object, "spec", "tags")
	text, _ := json.Marshal(tags) // it was decoded from JSON
	a.out.say("After the apply, the object is synced. Its spec got the user's tags, and not AWS's: %s.", text)
	return a.wantOnly(ctx, []string{"CreateTags"})
}

// vpc is the manifest of a VPC.
func (a *adopting) vpc(name string, spec fields, annotations map[string]string) scenario.Manifest {
	kind := kindOf("ec2.VPC")
	u := &unstructured.Unstructured{Object: fields{
		"apiVersion": kind.Group + "/" + kind.Version, "kind": kind.Kind, "spec": spec, "metadata": fields{"name": name, "namespace": a.a.Namespace},
	}}
	u.SetAnnotations(annotations)
	return scenario.Manifest{Kind: kind, Unstructured: u}
}

func kindOf(name string) apis.Kind {
	kind, _ := apis.ByName(name) // the names in this file are served
	return kind
}

// makeVPC makes a VPC in AWS, past Tack, and returns its id.
func (a *adopting) makeVPC(ctx context.Context, block string, tags map[string]string) (string, error) {
	made, err := a.client.CreateVpc(ctx, &awsec2.CreateVpcInput{CidrBlock: &block, TagSpecifications: specified(ec2types.ResourceTypeVpc, tags)})
	if err != nil {
		return "", fmt.Errorf("making a VPC past Tack: %w", err)
	}
	return aws.ToString(made.Vpc.VpcId), nil
}

func specified(kind ec2types.ResourceType, tags map[string]string) []ec2types.TagSpecification {
	spec := ec2types.TagSpecification{ResourceType: kind}
	for key, value := range tags {
		spec.Tags = append(spec.Tags, ec2types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	return []ec2types.TagSpecification{spec}
}

// plan returns what the starter plans for a manifest. Its exit code for planned calls is no failure.
func (a *adopting) plan(ctx context.Context, u *unstructured.Unstructured) (string, error) {
	raw, err := u.MarshalJSON()
	if err != nil {
		return "", err
	}
	path := filepath.Join(a.Dir, "plan.yaml")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return "", fmt.Errorf("writing the manifest: %w", err)
	}
	return a.starter(ctx, "plan", "--cluster="+scenario.ClusterName, "-f", path)
}

// starter returns what a command of the starter prints. Its exit code also says that calls are planned,
// or that an object needs a person.
func (a *adopting) starter(ctx context.Context, args ...string) (string, error) {
	out, failed := a.StarterOutput(ctx, args...)
	if out == "" {
		return "", failed
	}
	return out, ctx.Err()
}

// show prints what the starter printed.
func (a *adopting) show(report string) {
	var lines []string
	for line := range strings.Lines(report) {
		lines = append(lines, "     "+strings.TrimRight(line, "\n"))
	}
	a.out.print(lines)
}

// wantOnly checks that Tack's accepted calls since the beginning that changed AWS are these.
func (a *adopting) wantOnly(ctx context.Context, want []string) error {
	got, err := a.changes(ctx)
	if err != nil {
		return err
	}
	var actions []string
	for _, e := range got {
		actions = append(actions, e.Action)
	}
	if !slices.Equal(actions, want) {
		return fmt.Errorf("checking the journal: Tack changed AWS by %q, want %q", actions, want)
	}
	return nil
}

// changes returns Tack's calls since the beginning that would change AWS, accepted or not.
func (a *adopting) changes(ctx context.Context) ([]gateway.Entry, error) {
	entries, err := a.AWS.Journal(ctx, gateway.Query{Account: a.a.Account, Since: a.began, Mutation: true})
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	ours := func(e gateway.Entry) bool { return e.Principal == scenario.RoleIn(a.a.Account) }
	return slices.DeleteFunc(entries, func(e gateway.Entry) bool { return !ours(e) }), nil
}

// labels mark the objects of this demo.
func (a *adopting) labels() map[string]string { return map[string]string{label: strconv.Itoa(a.run)} }
