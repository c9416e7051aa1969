package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// leftover is an object of ACK, and its resource in AWS.
type leftover struct {
	*object
	scenario.Left
	made string // the resource's id, which a broken object does not show
}

// leave makes three resources as ACK makes them, and leaves their objects as ACK leaves them. The bridge
// does not run meanwhile, as before Tack is installed.
func (a *adopting) leave(ctx context.Context) error {
	bridge := a.Part(stack.Bridge)
	a.killed = bridge // it runs again at the end, whatever happens
	if err := bridge.Stop(ctx); err != nil {
		return err
	}
	if err := a.leaveAll(ctx); err != nil {
		return err
	}
	if err := bridge.Start(ctx); err != nil {
		return err
	}
	a.out.say("While Tack was not there, ACK made two VPCs and a SecurityGroup for namespace %s. It died before it could record the id of VPC lost.", a.a.Namespace)
	said, err := a.left[0].awaitAdvice(ctx, resource.ReasonOtherController)
	if err != nil {
		return err
	}
	a.out.say("Tack starts, and leaves them alone:")
	a.out.quote(a.left[0].object.Ref.String() + ": " + said)
	return nil
}

func (a *adopting) leaveAll(ctx context.Context) error {
	tags := map[string]string{"team": "web", resource.TagControllerVersion: "ec2-1.20.0", resource.TagNamespace: a.a.Namespace}
	spec := func(block string) fields {
		return fields{"cidrBlocks": []any{block}, "enableNetworkAddressUsageMetrics": false, "tags": []any{fields{"key": "team", "value": "web"}}}
	}
	whole, err := a.makeVPC(ctx, "10.1.0.0/16", tags)
	if err != nil {
		return err
	}
	lost, err := a.makeVPC(ctx, "10.2.0.0/16", tags)
	if err != nil {
		return err
	}
	group, err := a.client.CreateSecurityGroup(ctx, &awsec2.CreateSecurityGroupInput{
		GroupName: aws.String("web"), Description: aws.String("of the demo"), VpcId: &whole, TagSpecifications: specified(ec2types.ResourceTypeSecurityGroup, tags),
	})
	if err != nil {
		return fmt.Errorf("making a group past Tack: %w", err)
	}
	if _, err = a.client.RevokeSecurityGroupEgress(ctx, &awsec2.RevokeSecurityGroupEgressInput{GroupId: group.GroupId, IpPermissions: []ec2types.IpPermission{
		{IpProtocol: aws.String("-1"), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}},
	}}); err != nil {
		return fmt.Errorf("removing the rule that AWS adds: %w", err)
	}
	a.leftover("ec2.VPC", "main", whole, spec("10.1.0.0/16"), fields{"vpcID": whole, "ownerID": a.a.Account, "state": "available"})
	a.leftover("ec2.SecurityGroup", "web", aws.ToString(group.GroupId), fields{
		"name": "web", "description": "of the demo", "vpcRef": fields{"from": fields{"name": "main"}}, "tags": []any{fields{"key": "team", "value": "web"}},
	}, fields{"id": aws.ToString(group.GroupId)})
	a.leftover("ec2.VPC", "lost", lost, spec("10.2.0.0/16"), fields{})
	for _, l := range a.left {
		if err := l.Leave(ctx); err != nil {
			return err
		}
	}
	return nil
}

// leftover adds an object of ACK.
func (a *adopting) leftover(kind, name, id string, spec, status fields) {
	status[resource.StatusMetadata] = fields{"ownerAccountID": a.a.Account, "region": stack.Region}
	status[resource.StatusConditions] = []any{scenario.ACKCondition("ACK.ResourceSynced", "True"), scenario.ACKCondition("Ready", "True")}
	of := a.Object(kindOf(kind), a.a.Namespace, name)
	l := &leftover{object: &object{Object: of, team: a.a}, made: id}
	l.Left = scenario.Left{Object: of, Spec: spec, Status: status, Finalizers: []string{of.Kind.Finalizer()}, Labels: a.labels()}
	a.left = append(a.left, l)
	a.objects = append(a.objects, l.object)
}

// awaitAdvice waits until the object shows an advice with that reason, and returns its message.
func (l *leftover) awaitAdvice(ctx context.Context, reason string) (said string, err error) {
	_, err = l.await(ctx, "advised about "+reason, func(u *unstructured.Unstructured) bool {
		conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
		for _, c := range conditions {
			if c, ok := c.(fields); ok && c["type"] == string(corev1alpha1.ConditionTypeAdvisory) && c["reason"] == reason {
				said = scenario.Message(c)
				return true
			}
		}
		return false
	})
	return said, err
}

// takeOver reports, takes over, and mends the broken object.
func (a *adopting) takeOver(ctx context.Context) error {
	report, err := a.starter(ctx, "import", "--cluster="+scenario.ClusterName, "--dry-run", "--namespace="+a.a.Namespace)
	if err != nil {
		return err
	}
	a.out.say("`starter import --dry-run` says what a take-over would do, and writes nothing:")
	a.show(report)
	if err = a.wantOnly(ctx, []string{"CreateTags"}); err != nil {
		return err
	}
	if report, err = a.starter(ctx, "import", "--cluster="+scenario.ClusterName, "--namespace="+a.a.Namespace); err != nil {
		return err
	}
	if !strings.Contains(report, "Tack takes over 2, 1 needs a person") {
		return fmt.Errorf("checking the import: it reports\n%s", report)
	}
	for _, l := range a.left[:2] {
		if err := l.awaitTaken(ctx); err != nil {
			return err
		}
	}
	a.out.say("`starter import` takes over two of them: %s and %s are synced, with the ids that ACK recorded.", a.left[0].object.Ref, a.left[1].object.Ref)
	return a.mend(ctx, a.left[2])
}

// mend names the resource of the broken object, as docs/moving-from-ack.md says.
func (a *adopting) mend(ctx context.Context, l *leftover) error {
	said, err := l.awaitAdvice(ctx, resource.ReasonTakeOverWithoutID)
	if err != nil {
		return err
	}
	a.out.say("VPC lost needs a person. Without an id, Tack does not create a second VPC:")
	a.out.quote(said)
	err = l.object.Merge(ctx, fields{"metadata": fields{"annotations": fields{
		corev1alpha1.AnnotationAdoptionPolicy: corev1alpha1.AdoptionPolicyAdoptOrCreate, corev1alpha1.AnnotationAdoptionFields: fmt.Sprintf(`{"vpcID":%q}`, l.made),
	}}})
	if err != nil {
		return err
	}
	if err := l.awaitTaken(ctx); err != nil {
		return err
	}
	a.out.say("The team names %s in the annotations, and the object is synced.", l.made)
	return nil
}

// awaitTaken waits until the object is synced with its resource.
func (l *leftover) awaitTaken(ctx context.Context) error {
	if _, err := l.await(ctx, "taken over", func(u *unstructured.Unstructured) bool {
		synced, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID)
		return synced != "" && scenario.Synced(u)
	}); err != nil {
		return err
	}
	if _, err := l.awaitSynced(ctx); err != nil {
		return err
	}
	if l.id != l.made {
		return fmt.Errorf("checking %s: it has %s, want %s", l.object.Ref, l.id, l.made)
	}
	return nil
}

// showJournal shows every call of Tack that changed AWS, and checks that none created anything or sent a
// key of AWS's own.
func (a *adopting) showJournal(ctx context.Context) error {
	entries, err := a.changes(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"CALL", "RESOURCE", "ACCEPTED"}}
	for _, e := range entries {
		if len(e.Created) > 0 || len(e.SystemTags) > 0 || e.Action != "CreateTags" {
			return fmt.Errorf("checking the journal: Tack sent %s, which created %q, with AWS's own keys %q", e.Action, e.Created, e.SystemTags)
		}
		rows = append(rows, []string{e.Action, strings.Join(e.Resources, " "), fmt.Sprint(e.Accepted)})
	}
	if len(entries) != 1+len(a.left) {
		return fmt.Errorf("checking the journal: Tack sent %d calls, want one for each of %d resources", len(entries), 1+len(a.left))
	}
	a.out.print(columns(rows))
	a.out.say("For four resources, Tack changed AWS four times: each got its owner tags. Tack created nothing, and never sent a key that begins with aws:.")
	return nil
}
