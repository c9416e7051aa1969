package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// describable returns a running instance with every field that a spec may have.
func describable() *instance {
	return gotInstance(attributes, profiled("arn:aws:iam::111122223333:instance-profile/web"), func(s *instance) {
		s.InstanceLifecycle, s.Licenses = types.InstanceLifecycleTypeSpot, []types.LicenseConfiguration{{LicenseConfigurationArn: aws.String("l")}}
		s.KernelId, s.RamdiskId, s.CpuOptions.NestedVirtualization = aws.String("aki-1"), aws.String("ari-1"), "enabled"
		s.CapacityReservationSpecification.CapacityReservationTarget = &types.CapacityReservationTargetResponse{
			CapacityReservationId: aws.String("cr-1"), CapacityReservationResourceGroupArn: aws.String("a"),
		}
		s.Placement = &types.Placement{
			Affinity: aws.String("host"), AvailabilityZone: aws.String("eu-west-1a"), GroupName: aws.String("g"), HostId: aws.String("h"), HostResourceGroupArn: aws.String("a"),
			PartitionNumber: aws.Int32(1), SpreadDomain: aws.String("s"), Tenancy: types.TenancyHost,
		}
		s.Tags = append(s.Tags, types.Tag{Key: aws.String(tagTemplate), Value: aws.String("lt-1")}, types.Tag{Key: aws.String(tagTemplateVersion), Value: aws.String("3")})
	})
}

// The description has what a user would write, whoever launched the instance and attached interfaces.
func TestDescribedInstance(t *testing.T) {
	addresses := func(s ec2v1alpha1.InstanceSpec) any { return s.IPv6Addresses }
	one := []*ec2v1alpha1.InstanceIPv6Address{{IPv6Address: aws.String("2001:db8::5")}}
	for name, row := range map[string]struct {
		change func(*instance)
		field  func(ec2v1alpha1.InstanceSpec) any
		want   any
	}{
		"on demand":   {func(*instance) {}, func(s ec2v1alpha1.InstanceSpec) any { return s.InstanceMarketOptions }, (*ec2v1alpha1.InstanceMarketOptionsRequest)(nil)},
		"no template": {func(*instance) {}, func(s ec2v1alpha1.InstanceSpec) any { return s.LaunchTemplate }, (*ec2v1alpha1.LaunchTemplateSpecification)(nil)},
		"monitoring that starts": {
			func(s *instance) { s.Monitoring.State = types.MonitoringStatePending },
			func(s ec2v1alpha1.InstanceSpec) any { return *s.Monitoring.Enabled }, true,
		},
		"user data":     {attributes, func(s ec2v1alpha1.InstanceSpec) any { return s.UserData }, (*string)(nil)},
		"its interface": {func(*instance) {}, addresses, one},
		"interfaces of others": {func(s *instance) {
			for _, at := range []types.InstanceNetworkInterfaceAttachment{{DeviceIndex: aws.Int32(1)}, {DeviceIndex: aws.Int32(0), NetworkCardIndex: aws.Int32(1)}} {
				s.NetworkInterfaces = append(s.NetworkInterfaces, types.InstanceNetworkInterface{
					Attachment: &at, Ipv6Addresses: []types.InstanceIpv6Address{{Ipv6Address: aws.String("2001:db8::6")}},
				})
			}
		}, addresses, one},
	} {
		if diff := cmp.Diff(row.want, row.field(describedInstance(gotInstance(row.change)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// AWS refuses to show the credits of a type that has none.
func TestBurstable(t *testing.T) {
	for of, want := range map[types.InstanceType]bool{
		"t1.micro": false, "t2.micro": true, "t3a.large": true, "t4g.small": true, "trn1.2xlarge": false, "m5.large": false, "": false,
	} {
		if burstable(of) != want {
			t.Errorf("%q: %v, want %v", of, !want, want)
		}
	}
}
