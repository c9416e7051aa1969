package e2e

import (
	"slices"
	"testing"
	"time"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

var _ = register(sample{
	kind: "ec2.TransitGatewayVPCAttachment", create: "CreateTransitGatewayVpcAttachment",
	spec:   func() fields { return attachmentSpec(fields{"transitGatewayRef": ref("hub")}) },
	change: `{"spec":{"options":{"dnsSupport":"disable"}}}`,
	full: func(string) fields {
		return attachmentSpec(fields{"transitGatewayRef": ref("hub"), "tags": teamA(), "options": fields{
			"applianceModeSupport": "disable", "dnsSupport": "enable", "ipv6Support": "disable", "securityGroupReferencingSupport": "enable",
		}})
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"options":{"applianceModeSupport":"enable"}}}`,
	count:      counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeTransitGatewayVpcAttachments),
	remove:     removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteTransitGatewayVpcAttachment, "TransitGatewayAttachmentId"),
})

// attachmentSpec attaches the VPC main by its subnet main.
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
