package e2e

import (
	"slices"
	"testing"
	"time"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

var _ = register(sample{
	kind: "ec2.TransitGatewayVPCAttachment", create: "CreateTransitGatewayVpcAttachment",
	spec: func() fields { return attachmentSpec(fields{"transitGatewayRef": ref("hub")}) },
	// A subnet of another zone is added, and the first one is removed.
	change: `{"spec":{"options":{"dnsSupport":"disable"},"subnetRefs":[{"from":{"name":"second"}}]}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "ec2.VPC", "main", vpcSpec())
		parents := []object{team.apply(t, "ec2.TransitGateway", "hub", sampleOf("ec2.TransitGateway").spec())}
		for name, subnet := range map[string]fields{"main": zoned("10.0.1.0/24", "a"), "second": zoned("10.0.2.0/24", "b")} {
			parents = append(parents, team.apply(t, "ec2.Subnet", name, subnet))
		}
		for _, o := range parents {
			o.awaitSynced(t)
		}
	},
	full: func(string) fields {
		return attachmentSpec(fields{"transitGatewayRef": ref("hub"), "tags": teamA(), "options": fields{
			"applianceModeSupport": "disable", "dnsSupport": "enable", "ipv6Support": "disable", "securityGroupReferencingSupport": "enable",
		}})
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"options":{"applianceModeSupport":"enable","dnsSupport":"disable"},"subnetRefs":[{"from":{"name":"second"}}]}}`,
	count:      counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeTransitGatewayVpcAttachments),
	remove:     removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteTransitGatewayVpcAttachment, "TransitGatewayAttachmentId"),
})

// attachmentSpec attaches the VPC main by its subnet main.
// zoned returns the spec of a subnet in an availability zone.
func zoned(block, zone string) fields {
	return fields{"vpcRef": ref("main"), "cidrBlock": block, "availabilityZone": stack.Region + zone}
}

// transitStays sets how long the team's gateways and attachments stay in a transient state.
func (team team) transitStays(t *testing.T, state string, d time.Duration) {
	t.Helper()
	for _, of := range []string{"transit-gateway", "transit-gateway-attachment"} {
		if err := w.AWS.SetStateTime(t.Context(), gateway.StateTime{Account: team.account, Type: of, State: state, Milliseconds: d.Milliseconds()}); err != nil {
			t.Fatal(err)
		}
	}
}

// subnetsOf returns the subnets of an attachment, in order.
func (team team) subnetsOf(t *testing.T, id string) []string {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, team.account)).DescribeTransitGatewayVpcAttachments(t.Context(),
		&awsec2.DescribeTransitGatewayVpcAttachmentsInput{TransitGatewayAttachmentIds: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(out.TransitGatewayVpcAttachments[0].SubnetIds))
}

// An attachment has one subnet in a zone. A subnet of another zone is added before the first one is
// removed, so that the attachment never loses its last one. A subnet of the same zone takes
// the place of another one, which AWS allows only after the removal. Both hold whether or not AWS stays in
// "modifying" until the next look.
func TestSubnetsOfAnAttachment(t *testing.T) {
	t.Parallel()
	for name, modifying := range map[string]time.Duration{"at once": 0, "after a while": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s := sampleOf("ec2.TransitGatewayVPCAttachment")
			s.prepare(t, team)
			team.transitStays(t, "modifying", modifying)
			third := team.apply(t, "ec2.Subnet", "third", zoned("10.0.3.0/24", "b")).awaitSynced(t)
			o := team.apply(t, s.kind, "it", s.spec())
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			mark := lastSeq(t)
			o.patch(t, s.change)
			o.awaitSynced(t)
			second := team.object("ec2.Subnet", "second").awaitSynced(t)
			if got := team.subnetsOf(t, id); !slices.Equal(got, []string{second}) {
				t.Errorf("the attachment has the subnets %q, want %s", got, second)
			}
			for _, e := range o.entries(t, mark) {
				if e.Mutation && !e.Accepted {
					t.Errorf("AWS refused %s with %s", e.Action, e.Code)
				}
			}
			main := team.object("ec2.Subnet", "main").awaitSynced(t)
			for _, to := range []string{"second", "third"} {
				o.patch(t, mergePatch(t, fields{"spec": fields{"subnetRefs": []any{ref("main"), ref(to)}}}))
				o.awaitSynced(t)
			}
			if got, want := team.subnetsOf(t, id), slices.Sorted(slices.Values([]string{main, third})); !slices.Equal(got, want) {
				t.Errorf("the attachment has the subnets %q, want %q", got, want)
			}
			o.patch(t, mergePatch(t, fields{"spec": fields{"subnetRefs": []any{ref("main"), ref("second")}}}))
			o.awaitSynced(t)
			o.wantQuiet(t, team)
		})
	}
}

func attachmentSpec(to fields) fields {
	to["vpcRef"], to["subnetRefs"] = ref("main"), []any{ref("main")}
	return to
}

// An attachment to another account's gateway waits and names the account that must accept it. Once
// the namespace may use that account's role, Tack accepts there, once, and nowhere else.
func TestAttachmentToAnotherAccountsGateway(t *testing.T) {
	t.Parallel()
	hub, spoke := newTeam(t), newTeam(t)
	entry := func(value any) {
		persist(t, "who may use the account of the gateway", func(int) error {
			return w.MapRoles(t.Context(), fields{"allowed-namespaces." + hub.account: value})
		})
	}
	entry(hub.name)
	gateway := hub.apply(t, "ec2.TransitGateway", "hub", fields{}).awaitSynced(t)
	spoke.apply(t, "ec2.VPC", "main", vpcSpec())
	spoke.apply(t, "ec2.Subnet", "main", sampleOf("ec2.Subnet").spec())
	mark := lastSeq(t)
	o := spoke.apply(t, "ec2.TransitGatewayVPCAttachment", "main", attachmentSpec(fields{"transitGatewayID": gateway}))
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "account "+hub.account+" must accept tgw-attach-")
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "does not list namespace "+spoke.name)
	if calls := callsSince(t, hub.account, mark); slices.Contains(calls, "AcceptTransitGatewayVpcAttachment") {
		t.Errorf("in account %s there were %q", hub.account, calls)
	}
	entry(hub.name + " " + spoke.name)
	o.wantOneCreate(t, o.awaitSynced(t))
	accepts := 0
	for _, e := range entriesSince(t, hub.account, mark) {
		if e.Action == "AcceptTransitGatewayVpcAttachment" {
			accepts++
			if e.Principal != scenario.RoleIn(hub.account) {
				t.Errorf("%s accepts it", e.Principal)
			}
		}
	}
	if accepts != 1 {
		t.Errorf("it was accepted %d times in the account of the gateway", accepts)
	}
	o.wantQuiet(t, spoke)
	o.delete(t)
	o.awaitGone(t)
}

// AWS refuses a second acceptance, also in the account of the gateway.
func TestAttachmentWhoseAcceptanceIsLost(t *testing.T) {
	t.Parallel()
	hub, spoke := newTeam(t), newTeam(t)
	persist(t, "who may use the account of the gateway", func(int) error {
		return w.MapRoles(t.Context(), fields{"allowed-namespaces." + hub.account: hub.name + " " + spoke.name})
	})
	addRule(t, gateway.Rule{Action: gateway.Actions{"AcceptTransitGatewayVpcAttachment"}, Account: hub.account, Fault: gateway.FaultLoseResponse, Times: 1})
	id := hub.apply(t, "ec2.TransitGateway", "hub", fields{}).awaitSynced(t)
	spoke.apply(t, "ec2.VPC", "main", vpcSpec())
	spoke.apply(t, "ec2.Subnet", "main", sampleOf("ec2.Subnet").spec())
	o := spoke.apply(t, "ec2.TransitGatewayVPCAttachment", "main", attachmentSpec(fields{"transitGatewayID": id}))
	o.wantOneCreate(t, o.awaitSynced(t))
	deleteAll(t, o)
}

// The deletion of a gateway waits for its attachments and names them.
func TestAttachmentsOfAGateway(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	s := sampleOf("ec2.TransitGatewayVPCAttachment")
	s.prepare(t, team)
	o := team.apply(t, s.kind, "main", s.spec())
	id := o.awaitSynced(t)
	gateway := team.object("ec2.TransitGateway", "hub")
	client := awsec2.NewFromConfig(w.config(t, team.account))
	o.release(t)
	gateway.delete(t)
	gateway.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "It is held by attachment "+id+" of vpc-")
	if _, err := client.DeleteTransitGatewayVpcAttachment(t.Context(), &awsec2.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &id}); err != nil {
		t.Fatal(err)
	}
	gateway.awaitGone(t)
}

// An attachment that the owner of the gateway rejects is reported, and the next try makes another.
func TestAttachmentThatIsRejected(t *testing.T) {
	t.Parallel()
	hub, spoke := newTeam(t), newTeam(t)
	persist(t, "unmapping the account of the gateway", func(int) error {
		return w.MapRoles(t.Context(), fields{"allowed-namespaces." + hub.account: hub.name})
	})
	gateway := hub.apply(t, "ec2.TransitGateway", "hub", fields{}).awaitSynced(t)
	spoke.apply(t, "ec2.VPC", "main", vpcSpec())
	spoke.apply(t, "ec2.Subnet", "main", sampleOf("ec2.Subnet").spec())
	o := spoke.apply(t, "ec2.TransitGatewayVPCAttachment", "main", attachmentSpec(fields{"transitGatewayID": gateway}))
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "account "+hub.account+" must accept tgw-attach-")
	first, _, _ := unstructured.NestedString(o.get(t).Object, "status", "id")
	client := awsec2.NewFromConfig(w.config(t, hub.account))
	if _, err := client.RejectTransitGatewayVpcAttachment(t.Context(), &awsec2.RejectTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: &first}); err != nil {
		t.Fatal(err)
	}
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", first+" is rejected")
	w.force(t, o.ref) // does not wait for the retry
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "account "+hub.account+" must accept tgw-attach-")
	for ctx := within(t, soon); ; {
		u := o.get(t)
		if id, _, _ := unstructured.NestedString(u.Object, "status", "id"); id != first && id != "" {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatal("no other attachment is made")
		case <-time.After(100 * time.Millisecond):
		}
	}
	if n := len(o.creates(t)); n != 2 {
		t.Errorf("AWS accepted %d creates, want 2", n)
	}
	o.delete(t)
	o.awaitGone(t)
}
