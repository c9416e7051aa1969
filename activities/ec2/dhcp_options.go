package ec2

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createDHCPOptions    = defaults.Creates(describe.DHCPOptions, (*awsec2.Client).CreateDhcpOptions)
	deleteDHCPOptions    = call.Delete((*awsec2.Client).DeleteDhcpOptions).HeldBy(dhcpHolders, dhcpInUse).AtOnce()
	associateDHCPOptions = call.To("Associate", (*awsec2.Client).AssociateDhcpOptions)
)

// defaultDHCPOptions stands for AWS's own options, in place of an id.
const defaultDHCPOptions = "default"

// dhcpOptions is a set of options as AWS shows it, with the VPCs that use it.
type dhcpOptions struct {
	types.DhcpOptions
	vpcs    []string
	claimed claimed // the other VPCs of the spec
}

// DHCPOptions manages a set of options and the VPCs that use it.
func DHCPOptions() kind.Kind {
	type spec = ec2v1alpha1.DHCPOptionsSpec
	return defaults.Of(describe.DHCPOptions, createDHCPOptions, deleteDHCPOptions, defaults.Definition[spec, dhcpOptions]{
		Kind:  "ec2.DHCPOptions",
		Check: checkDHCPOptions,
		Find:  describe.Finder(describe.DHCPOptions, readDHCPOptions),
		Create: defaults.Request(createDHCPOptions, func(want spec) string {
			return "create DHCP options " + strings.Join(optionWords(want.DHCPConfigurations), ", ")
		}, shape.Out("vpc")),
		Plan:   planDHCPOptions,
		Later:  laterDHCPOptions,
		Unplan: unplanDHCPOptions,
		Status: shape.Shown[ec2v1alpha1.DHCPOptionsStatus, dhcpOptions](),
		Spec: func(got *dhcpOptions) spec {
			return spec{DHCPConfigurations: got.options(), VPC: aws.StringSlice(got.vpcs)}
		},
		Calls: call.All(associateDHCPOptions),
	})
}

func readDHCPOptions(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.DHCPOptionsSpec], found types.DhcpOptions) (*dhcpOptions, error) {
	got := &dhcpOptions{DhcpOptions: found, claimed: claimed{}}
	vpcs, err := describe.VPCs.By(ctx, client, describe.Filter("dhcp-options-id", aws.ToString(found.DhcpOptionsId)))
	for _, v := range vpcs {
		got.vpcs = append(got.vpcs, aws.ToString(v.VpcId))
	}
	missing := without(aws.ToStringSlice(q.Want.VPC), got.vpcs)
	if err != nil || q.Deleting || len(missing) == 0 {
		return got, err
	}
	if vpcs, err = describe.VPCs.By(ctx, client, describe.Filter("vpc-id", missing...)); err != nil {
		return nil, err
	}
	return got, got.readClaims(ctx, client, q.Owner, vpcs)
}

// options returns the options as a spec has them.
func (d *dhcpOptions) options() (options []*ec2v1alpha1.NewDHCPConfiguration) {
	for _, option := range d.DhcpConfigurations {
		shown := &ec2v1alpha1.NewDHCPConfiguration{Key: option.Key}
		for _, value := range option.Values {
			shown.Values = append(shown.Values, value.Value)
		}
		options = append(options, shown)
	}
	return options
}

// readClaims reads which objects own the options of VPCs.
func (d *dhcpOptions) readClaims(ctx context.Context, client *awsec2.Client, us resource.Owner, vpcs []types.Vpc) error {
	var used []string
	for _, v := range vpcs {
		used = append(used, aws.ToString(v.DhcpOptionsId))
	}
	sets, err := describe.DHCPOptions.By(ctx, client, describe.Filter("dhcp-options-id", without(used, nil)...))
	for _, v := range vpcs {
		for _, set := range sets {
			if id := aws.ToString(set.DhcpOptionsId); id == aws.ToString(v.DhcpOptionsId) {
				d.claimed.add(aws.ToString(v.VpcId), id, set.Tags, us)
			}
		}
	}
	return err
}

// planDHCPOptions associates a VPC only after a look at the new set: the VPC may use the options of
// another object.
func planDHCPOptions(want ec2v1alpha1.DHCPOptionsSpec, got *dhcpOptions, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft
	}
	wanted, path := aws.ToStringSlice(want.VPC), "spec.vpc"
	if len(want.VPCRefs) > 0 {
		path = "spec.vpcRefs"
	}
	free, wait := got.claimed.free(without(wanted, got.vpcs))
	for _, vpc := range free {
		draft.Steps = append(draft.Steps, steps.For(0, path, associateDHCPOptions.Step("use the options in "+vpc,
			awsec2.AssociateDhcpOptionsInput{DhcpOptionsId: aws.String(c.ID), VpcId: aws.String(vpc)})))
	}
	if len(want.VPCRefs) <= len(wanted) { // otherwise a VPC may be the one whose reference is not resolved
		draft.Steps = append(draft.Steps, steps.About(path, steps.At(1, got.leave(without(got.vpcs, wanted))...)...)...)
	}
	draft.Wait, draft.Notes = wait, dhcpNotes(want, got)
	return draft
}

// leave gives VPCs AWS's own options back.
func (d *dhcpOptions) leave(vpcs []string) (changes []resource.Step) {
	for _, vpc := range vpcs {
		changes = append(changes, associateDHCPOptions.Step("use AWS's own options in "+vpc,
			awsec2.AssociateDhcpOptionsInput{DhcpOptionsId: aws.String(defaultDHCPOptions), VpcId: aws.String(vpc)}))
	}
	return changes
}

// unplanDHCPOptions gives up the VPCs first: AWS deletes no options that a VPC uses.
func unplanDHCPOptions(got *dhcpOptions) []resource.Step {
	return append(got.leave(got.vpcs), steps.At(1, defaults.Delete(describe.DHCPOptions, deleteDHCPOptions, got.DhcpOptions))...)
}
