package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// options plans groups of fields, each with its own call, that AWS changes in any state of the
// instance.
func (p *instancePlan) options() {
	want, got := p.want, p.got
	p.metadata()
	if c := want.CreditSpecification; c != nil && differs(c.CPUCredits, aws.ToString(got.credits)) {
		p.add(0, "spec.creditSpecification.cpuCredits", modifyCredits.Step("make the CPU credits "+*c.CPUCredits, awsec2.ModifyInstanceCreditSpecificationInput{
			InstanceCreditSpecifications: []types.InstanceCreditSpecificationRequest{{InstanceId: got.InstanceId, CpuCredits: c.CPUCredits}},
		}))
	}
	if m := want.MaintenanceOptions; m != nil && differs(m.AutoRecovery, string(got.maintenance().AutoRecovery)) {
		p.add(0, "spec.maintenanceOptions.autoRecovery", modifyMaintenance.Step("make autoRecovery "+*m.AutoRecovery, awsec2.ModifyInstanceMaintenanceOptionsInput{
			InstanceId: got.InstanceId, AutoRecovery: types.InstanceAutoRecoveryState(*m.AutoRecovery),
		}))
	}
	if m := want.Monitoring; m != nil && m.Enabled != nil && *m.Enabled != got.monitored() {
		const path = "spec.monitoring.enabled"
		ids := []string{got.id()}
		if *m.Enabled {
			p.add(0, path, monitorInstances.Step("turn on detailed monitoring", awsec2.MonitorInstancesInput{InstanceIds: ids}))
		} else {
			p.add(0, path, unmonitorInstances.Step("turn off detailed monitoring", awsec2.UnmonitorInstancesInput{InstanceIds: ids}))
		}
	}
	p.privateDNS()
}

// metadata changes only the fields that differ: AWS keeps what a call leaves out.
func (p *instancePlan) metadata() {
	want := p.want.MetadataOptions
	if want == nil {
		return
	}
	var got types.InstanceMetadataOptionsResponse
	if p.got.MetadataOptions != nil {
		got = *p.got.MetadataOptions
	}
	in := awsec2.ModifyInstanceMetadataOptionsInput{InstanceId: p.got.InstanceId}
	var words changes
	if words.text("httpEndpoint", want.HTTPEndpoint, string(got.HttpEndpoint)) {
		in.HttpEndpoint = types.InstanceMetadataEndpointState(*want.HTTPEndpoint)
	}
	if words.text("httpProtocolIPv6", want.HTTPProtocolIPv6, string(got.HttpProtocolIpv6)) {
		in.HttpProtocolIpv6 = types.InstanceMetadataProtocolState(*want.HTTPProtocolIPv6)
	}
	if words.number("httpPutResponseHopLimit", want.HTTPPutResponseHopLimit, got.HttpPutResponseHopLimit) {
		in.HttpPutResponseHopLimit = aws.Int32(int32(*want.HTTPPutResponseHopLimit))
	}
	if words.text("httpTokens", want.HTTPTokens, string(got.HttpTokens)) {
		in.HttpTokens = types.HttpTokensState(*want.HTTPTokens)
	}
	stage := 0
	if words.text("instanceMetadataTags", want.InstanceMetadataTags, string(got.InstanceMetadataTags)) {
		stage = p.afterTags
		in.InstanceMetadataTags = types.InstanceMetadataTagsState(*want.InstanceMetadataTags)
	}
	if len(words) > 0 {
		p.add(stage, "spec.metadataOptions", modifyMetadata.Step(words.String(), in))
	}
}

func (p *instancePlan) privateDNS() {
	want := p.want.PrivateDNSNameOptions
	if want == nil {
		return
	}
	var got types.PrivateDnsNameOptionsResponse
	if p.got.PrivateDnsNameOptions != nil {
		got = *p.got.PrivateDnsNameOptions
	}
	in := awsec2.ModifyPrivateDnsNameOptionsInput{InstanceId: p.got.InstanceId}
	var words changes
	stage := 0
	if words.flag("enableResourceNameDNSARecord", want.EnableResourceNameDNSARecord, got.EnableResourceNameDnsARecord) {
		in.EnableResourceNameDnsARecord = want.EnableResourceNameDNSARecord
	}
	if words.flag("enableResourceNameDNSAAAARecord", want.EnableResourceNameDNSAAAARecord, got.EnableResourceNameDnsAAAARecord) {
		in.EnableResourceNameDnsAAAARecord = want.EnableResourceNameDNSAAAARecord
	}
	if words.text("hostnameType", want.HostnameType, string(got.HostnameType)) {
		in.PrivateDnsHostnameType = types.HostnameType(*want.HostnameType)
		stage = stageStopped // the guest reads its name when it starts
	}
	if len(words) > 0 {
		p.add(stage, "spec.privateDNSNameOptions", modifyPrivateDNS.Step(words.String(), in))
	}
}

// stoppedOptions plans the options that AWS changes only while the instance is stopped.
func (p *instancePlan) stoppedOptions() {
	got := p.got
	if e := p.want.EnclaveOptions; e != nil && e.Enabled != nil && *e.Enabled != (got.EnclaveOptions != nil && aws.ToBool(got.EnclaveOptions.Enabled)) {
		p.modify(stageStopped, "spec.enclaveOptions.enabled", steps.Turn(*e.Enabled)+"enclaves",
			awsec2.ModifyInstanceAttributeInput{EnclaveOptions: &types.EnclaveOptionsRequest{Enabled: e.Enabled}})
	}
	p.placement()
	p.cpu()
	if want := p.want.CapacityReservationSpecification; want != nil && !sameReservation(want, got.CapacityReservationSpecification) {
		spec := reservationRequest(*want)
		p.add(stageStopped, "spec.capacityReservationSpecification", modifyReservation.Step("change the use of capacity reservations",
			awsec2.ModifyInstanceCapacityReservationAttributesInput{InstanceId: got.InstanceId, CapacityReservationSpecification: &spec}))
	}
}

func (p *instancePlan) placement() {
	want := p.want.Placement
	if want == nil {
		return
	}
	var got types.Placement
	if p.got.Placement != nil {
		got = *p.got.Placement
	}
	in := awsec2.ModifyInstancePlacementInput{InstanceId: p.got.InstanceId}
	var words changes
	if words.text("affinity", want.Affinity, aws.ToString(got.Affinity)) {
		in.Affinity = types.Affinity(*want.Affinity)
	}
	if words.text("groupName", want.GroupName, aws.ToString(got.GroupName)) {
		in.GroupName = want.GroupName
	}
	if words.text("hostID", want.HostID, aws.ToString(got.HostId)) {
		in.HostId = want.HostID
	}
	if words.text("hostResourceGroupARN", want.HostResourceGroupARN, aws.ToString(got.HostResourceGroupArn)) {
		in.HostResourceGroupArn = want.HostResourceGroupARN
	}
	if words.number("partitionNumber", want.PartitionNumber, got.PartitionNumber) {
		in.PartitionNumber = aws.Int32(int32(*want.PartitionNumber))
	}
	if words.text("tenancy", want.Tenancy, string(got.Tenancy)) {
		in.Tenancy = types.HostTenancy(*want.Tenancy)
	}
	if len(words) > 0 {
		p.add(stageStopped, "spec.placement", modifyPlacement.Step(words.String(), in))
	}
}

// cpu changes cores and threads, which AWS accepts together.
func (p *instancePlan) cpu() {
	want := p.want.CPUOptions
	if want == nil {
		return
	}
	var got types.CpuOptions
	if p.got.CpuOptions != nil {
		got = *p.got.CpuOptions
	}
	in := awsec2.ModifyInstanceCpuOptionsInput{InstanceId: p.got.InstanceId, CoreCount: got.CoreCount, ThreadsPerCore: got.ThreadsPerCore}
	var words changes
	if words.number("coreCount", want.CoreCount, got.CoreCount) {
		in.CoreCount = aws.Int32(int32(*want.CoreCount))
	}
	if words.number("threadsPerCore", want.ThreadsPerCore, got.ThreadsPerCore) {
		in.ThreadsPerCore = aws.Int32(int32(*want.ThreadsPerCore))
	}
	if words.text("nestedVirtualization", want.NestedVirtualization, string(got.NestedVirtualization)) {
		in.NestedVirtualization = types.NestedVirtualizationSpecification(*want.NestedVirtualization)
	}
	if len(words) > 0 {
		p.add(stageStopped, "spec.cpuOptions", modifyCPU.Step(words.String(), in))
	}
}

var reservationRequest = shape.Request[types.CapacityReservationSpecification, ec2v1alpha1.CapacityReservationSpecification]()

func sameReservation(want *ec2v1alpha1.CapacityReservationSpecification, got *types.CapacityReservationSpecificationResponse) bool {
	if got == nil {
		got = &types.CapacityReservationSpecificationResponse{}
	}
	if differs(want.CapacityReservationPreference, string(got.CapacityReservationPreference)) {
		return false
	}
	if want.CapacityReservationTarget == nil {
		return true
	}
	var target types.CapacityReservationTargetResponse
	if got.CapacityReservationTarget != nil {
		target = *got.CapacityReservationTarget
	}
	return !differs(want.CapacityReservationTarget.CapacityReservationID, aws.ToString(target.CapacityReservationId)) &&
		!differs(want.CapacityReservationTarget.CapacityReservationResourceGroupARN, aws.ToString(target.CapacityReservationResourceGroupArn))
}

// monitored reports whether monitoring is on. A change in progress, on or off, counts as done.
func (s *instance) monitored() bool {
	if s.Monitoring == nil {
		return false
	}
	return s.Monitoring.State == types.MonitoringStateEnabled || s.Monitoring.State == types.MonitoringStatePending
}

func (s *instance) maintenance() types.InstanceMaintenanceOptions {
	if s.MaintenanceOptions == nil {
		return types.InstanceMaintenanceOptions{}
	}
	return *s.MaintenanceOptions
}

// changes describes in words what one call changes.
type changes []string

func (c changes) String() string { return "make " + strings.Join(c, ", ") }

func (c *changes) text(name string, want *string, got string) bool {
	if !differs(want, got) {
		return false
	}
	*c = append(*c, name+" "+*want)
	return true
}

func (c *changes) number(name string, want *int64, got *int32) bool {
	if want == nil || got != nil && *want == int64(*got) {
		return false
	}
	*c = append(*c, fmt.Sprintf("%s %d", name, *want))
	return true
}

func (c *changes) flag(name string, want, got *bool) bool {
	if want == nil || *want == aws.ToBool(got) {
		return false
	}
	*c = append(*c, fmt.Sprintf("%s %t", name, *want))
	return true
}
