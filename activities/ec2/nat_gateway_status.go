package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func natGatewayStatus(got *types.NatGateway, _ kind.Case) any {
	status := ec2v1alpha1.NATGatewayStatus{
		NATGatewayID: got.NatGatewayId, State: filled(string(got.State)), VPCID: got.VpcId,
		CreateTime: at(got.CreateTime), DeleteTime: at(got.DeleteTime),
		FailureCode: got.FailureCode, FailureMessage: got.FailureMessage,
	}
	for _, a := range got.NatGatewayAddresses {
		status.NATGatewayAddresses = append(status.NATGatewayAddresses, &ec2v1alpha1.NATGatewayAddress{
			AllocationID: a.AllocationId, AvailabilityZone: a.AvailabilityZone, AvailabilityZoneID: a.AvailabilityZoneId,
			NetworkInterfaceID: a.NetworkInterfaceId, PrivateIP: a.PrivateIp, PublicIP: a.PublicIp,
		})
	}
	if b := got.ProvisionedBandwidth; b != nil {
		status.ProvisionedBandwidth = &ec2v1alpha1.ProvisionedBandwidth{
			ProvisionTime: at(b.ProvisionTime), Provisioned: b.Provisioned, RequestTime: at(b.RequestTime), Requested: b.Requested, Status: b.Status,
		}
	}
	return status
}

// at converts a time of AWS to the format of objects.
func at(t *time.Time) *metav1.Time {
	if t == nil {
		return nil
	}
	return &metav1.Time{Time: t.UTC()}
}
