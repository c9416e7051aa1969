package ec2

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// AWS tags an instance with the template that launched it, and shows the template nowhere else.
const (
	tagTemplate        = "aws:ec2launchtemplate:id"
	tagTemplateVersion = "aws:ec2launchtemplate:version"
)

// instanceNotes names what AWS fixed at the launch. Fields that AWS does not show for an instance
// cannot be compared: the size of volumes, for example. If inAWS is true, somebody may have
// changed groups, interfaces or addresses in AWS, and may restore them there.
func instanceNotes(want ec2v1alpha1.InstanceSpec, got *instance) (notes []string, inAWS bool) {
	fixed := func(path, want, got string) {
		if want != "" && want != got {
			notes = append(notes, fixed.Note(path, got))
		}
	}
	if !parameter(want.ImageID) {
		fixed("spec.imageID", aws.ToString(want.ImageID), aws.ToString(got.ImageId))
	}
	fixed("spec.keyName", aws.ToString(want.KeyName), aws.ToString(got.KeyName))
	fixed("spec.subnetID", aws.ToString(want.SubnetID), aws.ToString(got.SubnetId))
	fixed("spec.privateIPAddress", aws.ToString(want.PrivateIPAddress), aws.ToString(got.PrivateIpAddress))
	if p := want.Placement; p != nil && got.Placement != nil {
		fixed("spec.placement.availabilityZone", aws.ToString(p.AvailabilityZone), aws.ToString(got.Placement.AvailabilityZone))
		fixed("spec.placement.spreadDomain", aws.ToString(p.SpreadDomain), aws.ToString(got.Placement.SpreadDomain))
	}
	if h := want.HibernationOptions; h != nil && h.Configured != nil {
		configured := got.HibernationOptions != nil && aws.ToBool(got.HibernationOptions.Configured)
		fixed("spec.hibernationOptions.configured", strconv.FormatBool(*h.Configured), strconv.FormatBool(configured))
	}
	if m := want.InstanceMarketOptions; m != nil {
		fixed("spec.instanceMarketOptions.marketType", aws.ToString(m.MarketType), market(got))
	}
	if t := want.LaunchTemplate; t != nil {
		tags := tags.Of(got.Tags)
		fixed("spec.launchTemplate.launchTemplateID", aws.ToString(t.LaunchTemplateID), tags[tagTemplate])
		if _, err := strconv.Atoi(aws.ToString(t.Version)); err == nil { // others, such as $Latest, meant the version at the launch
			fixed("spec.launchTemplate.version", *t.Version, tags[tagTemplateVersion])
		}
	}
	groups := instanceGroupNotes(want, got)
	atLaunch, since := interfaceNotes(want, got)
	notes = slices.Concat(notes, groups, licenseNotes(want, got), atLaunch, since)
	return notes, len(groups)+len(since) > 0
}

// parameter reports whether a Systems Manager parameter names the image. AWS resolves it once, at
// the launch, and shows the image that it found then.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
func parameter(image *string) bool { return strings.HasPrefix(aws.ToString(image), "resolve:ssm:") }

// adviseInstance reports fields whose edit goes unnoticed. AWS shows neither the parameter of
// an image nor the image that it names now. It shows the id and the number of a launch template, but
// not the name or the word that led to them.
func adviseInstance(want ec2v1alpha1.InstanceSpec) (advice []resource.Advice) {
	once := func(format string, args ...any) {
		advice = append(advice, resource.Advice{Reason: resource.ReasonReadOnce, Message: fmt.Sprintf(format, args...)})
	}
	if parameter(want.ImageID) {
		once("spec.imageID: AWS looked up %s once, at the launch: an edit of neither the field nor the parameter changes the image. For another image, create another object", *want.ImageID)
	}
	t := want.LaunchTemplate
	if t == nil {
		return advice
	}
	if name := aws.ToString(t.LaunchTemplateName); name != "" {
		once("spec.launchTemplate.launchTemplateName: AWS looked up %s once, at the launch: an edit of the name changes nothing. For another template, create another object", name)
	}
	if version := aws.ToString(t.Version); version != "" {
		if _, err := strconv.Atoi(version); err != nil {
			once("spec.launchTemplate.version: AWS looked up %s once, at the launch: another version changes nothing. For another version, create another object", version)
		}
	}
	return advice
}

// market returns the market in which the instance was bought.
func market(got *instance) string {
	switch got.InstanceLifecycle {
	case "":
		return "on-demand"
	default:
		return string(got.InstanceLifecycle)
	}
}

// instanceGroupNotes compares groups where the spec has names: AWS accepts names only at the
// launch.
func instanceGroupNotes(want ec2v1alpha1.InstanceSpec, got *instance) []string {
	names, ids := texts(want.SecurityGroups), texts(want.SecurityGroupIDs)
	if len(names) == 0 {
		return nil
	}
	var shown []string
	same := true
	for _, group := range got.SecurityGroups {
		name, id := aws.ToString(group.GroupName), aws.ToString(group.GroupId)
		shown = append(shown, name)
		same = same && (slices.Contains(names, name) || slices.Contains(ids, id))
	}
	for _, name := range names {
		same = same && slices.Contains(shown, name)
	}
	for _, id := range ids {
		same = same && slices.ContainsFunc(got.SecurityGroups, func(g types.GroupIdentifier) bool { return aws.ToString(g.GroupId) == id })
	}
	if same {
		return nil
	}
	slices.Sort(shown)
	return []string{fmt.Sprintf("spec.securityGroups: AWS changes groups by id only: set securityGroupIDs, or restore %q", strings.Join(shown, ", "))}
}

func licenseNotes(want ec2v1alpha1.InstanceSpec, got *instance) []string {
	var wanted, shown []string
	for _, l := range want.LicenseSpecifications {
		wanted = append(wanted, aws.ToString(l.LicenseConfigurationARN))
	}
	for _, l := range got.Licenses {
		shown = append(shown, aws.ToString(l.LicenseConfigurationArn))
	}
	slices.Sort(wanted)
	slices.Sort(shown)
	if len(wanted) == 0 || slices.Equal(wanted, shown) {
		return nil
	}
	return []string{fixed.Note("spec.licenseSpecifications", strings.Join(shown, ", "))}
}

// interfaceNotes compares network interfaces and their IPv6 addresses. Others may have added some
// since, so only missing ones count. AWS fixes the primary interface at the launch; people can change
// its description and its IPv6 addresses, and every other interface, at any time.
func interfaceNotes(want ec2v1alpha1.InstanceSpec, got *instance) (atLaunch, since []string) {
	byIndex := map[int64]types.InstanceNetworkInterface{}
	for _, eni := range got.NetworkInterfaces {
		if eni.Attachment != nil {
			byIndex[int64(aws.ToInt32(eni.Attachment.DeviceIndex))] = eni
		}
	}
	since = append(since, addressNotes6("spec", want.IPv6Addresses, want.IPv6AddressCount, byIndex[0])...)
	for i, wanted := range want.NetworkInterfaces {
		if wanted == nil || wanted.DeviceIndex == nil || aws.ToInt64(wanted.NetworkCardIndex) != 0 {
			continue // of a further network card, where indexes start again
		}
		path := fmt.Sprintf("spec.networkInterfaces[%d]", i)
		shown, there := byIndex[*wanted.DeviceIndex]
		if !there {
			since = append(since, path+": AWS shows no interface at this device index: attach one, or remove it here")
			continue
		}
		for _, field := range []struct {
			name      string
			want, got *string
		}{
			{"networkInterfaceID", wanted.NetworkInterfaceID, shown.NetworkInterfaceId},
			{"subnetID", wanted.SubnetID, shown.SubnetId},
			{"privateIPAddress", wanted.PrivateIPAddress, shown.PrivateIpAddress},
			{"description", wanted.Description, shown.Description},
		} {
			switch is := aws.ToString(field.got); {
			case !differs(field.want, is):
			case *wanted.DeviceIndex == 0 && field.name != "description":
				atLaunch = append(atLaunch, fixed.Note(path+"."+field.name, is))
			default:
				since = append(since, fmt.Sprintf("%s.%s: AWS shows %q: change it there, or here", path, field.name, is))
			}
		}
		since = append(since, addressNotes6(path, wanted.IPv6Addresses, wanted.IPv6AddressCount, shown)...)
	}
	return atLaunch, since
}

func addressNotes6(path string, wanted []*ec2v1alpha1.InstanceIPv6Address, count *int64, shown types.InstanceNetworkInterface) (notes []string) {
	has := make([]string, 0, len(shown.Ipv6Addresses))
	for _, a := range shown.Ipv6Addresses {
		has = append(has, cidr.Address(aws.ToString(a.Ipv6Address)))
	}
	for i, a := range wanted {
		if a != nil && optional.Given(a.IPv6Address) && !slices.Contains(has, cidr.Address(aws.ToString(a.IPv6Address))) {
			notes = append(notes, fmt.Sprintf("%s.ipv6Addresses[%d]: AWS shows %q: assign the address there, or change it here", path, i, strings.Join(has, ", ")))
		}
	}
	if count != nil && int(*count) > len(has) {
		notes = append(notes, fmt.Sprintf("%s.ipv6AddressCount: AWS shows %d: assign more there, or change it here", path, len(has)))
	}
	return notes
}
