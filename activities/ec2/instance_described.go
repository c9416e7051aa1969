package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// instanceDescribed leaves out what AWS does not show, or shows at the volume and the interface. It
// leaves out user data, which may hold secrets. A spec that lacks these fields changes none of them.
var instanceDescribed = shape.Spec[ec2v1alpha1.InstanceSpec, instance](
	shape.As("sourceDestCheckEnabled", "SourceDestCheck"), shape.As("licenseSpecifications", "Licenses"),
	shape.Out("elasticGPUSpecification", "elasticInferenceAccelerators", "maxCount", "minCount", "networkInterfaces", "securityGroups", "userData"),
	shape.Out("blockDeviceMappings.noDevice", "blockDeviceMappings.virtualName", "iamInstanceProfile.name"),
	shape.Out("blockDeviceMappings.ebs.encrypted", "blockDeviceMappings.ebs.iops", "blockDeviceMappings.ebs.kmsKeyID", "blockDeviceMappings.ebs.outpostARN",
		"blockDeviceMappings.ebs.snapshotID", "blockDeviceMappings.ebs.throughput", "blockDeviceMappings.ebs.volumeSize", "blockDeviceMappings.ebs.volumeType"),
	shape.Out("creditSpecification", "instanceMarketOptions", "ipv6AddressCount", "ipv6Addresses", "launchTemplate", "monitoring", "securityGroupIDs")) // follow by hand

// describedInstance describes the first interface by the fields of the instance: AWS accepts no list of
// interfaces beside them, and others may have attached the rest.
func describedInstance(got *instance) ec2v1alpha1.InstanceSpec {
	spec := instanceDescribed(got)
	spec.Monitoring = &ec2v1alpha1.RunInstancesMonitoringEnabled{Enabled: aws.Bool(got.monitored())}
	if got.credits != nil {
		spec.CreditSpecification = &ec2v1alpha1.CreditSpecificationRequest{CPUCredits: got.credits}
	}
	if got.InstanceLifecycle != "" {
		spec.InstanceMarketOptions = &ec2v1alpha1.InstanceMarketOptionsRequest{MarketType: aws.String(market(got))}
	}
	tags := tags.Of(got.Tags)
	if id := optional.Of(tags[tagTemplate]); id != nil {
		spec.LaunchTemplate = &ec2v1alpha1.LaunchTemplateSpecification{LaunchTemplateID: id, Version: optional.Of(tags[tagTemplateVersion])}
	}
	for _, group := range got.SecurityGroups {
		spec.SecurityGroupIDs = append(spec.SecurityGroupIDs, group.GroupId)
	}
	for _, eni := range got.NetworkInterfaces {
		if eni.Attachment == nil || aws.ToInt32(eni.Attachment.DeviceIndex) != 0 || aws.ToInt32(eni.Attachment.NetworkCardIndex) != 0 {
			continue
		}
		for _, a := range eni.Ipv6Addresses {
			spec.IPv6Addresses = append(spec.IPv6Addresses, &ec2v1alpha1.InstanceIPv6Address{IPv6Address: a.Ipv6Address})
		}
	}
	return spec
}

// burstable reports whether a type of instance has CPU credits: T2 and later, not Trn1. AWS refuses the
// read of the credits of other types.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html
func burstable(of types.InstanceType) bool {
	generation, isT := strings.CutPrefix(string(of), "t")
	return isT && generation > "2" && generation < ":"
}
