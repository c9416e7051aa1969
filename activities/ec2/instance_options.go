package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
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

var metadataEdits = shape.Edit[awsec2.ModifyInstanceMetadataOptionsInput, ec2v1alpha1.InstanceMetadataOptionsRequest, types.InstanceMetadataOptionsResponse](
	"httpEndpoint", "httpProtocolIPv6", "httpPutResponseHopLimit", "httpTokens", "instanceMetadataTags")

// metadata changes only the fields that differ: AWS keeps what a call leaves out.
func (p *instancePlan) metadata() {
	in := awsec2.ModifyInstanceMetadataOptionsInput{InstanceId: p.got.InstanceId}
	words := metadataEdits.Into(&in, p.want.MetadataOptions, p.got.MetadataOptions)
	stage := 0
	if in.InstanceMetadataTags != "" {
		stage = p.afterTags
	}
	p.edit(stage, "spec.metadataOptions", words, modifyMetadata.Step(made(words), in))
}

var privateDNSEdits = shape.Edit[awsec2.ModifyPrivateDnsNameOptionsInput, ec2v1alpha1.PrivateDNSNameOptionsRequest, types.PrivateDnsNameOptionsResponse](
	"enableResourceNameDNSARecord", "enableResourceNameDNSAAAARecord").As("hostnameType", "HostnameType", "PrivateDnsHostnameType")

func (p *instancePlan) privateDNS() {
	in := awsec2.ModifyPrivateDnsNameOptionsInput{InstanceId: p.got.InstanceId}
	words := privateDNSEdits.Into(&in, p.want.PrivateDNSNameOptions, p.got.PrivateDnsNameOptions)
	stage := 0
	if in.PrivateDnsHostnameType != "" {
		stage = stageStopped // the guest reads its name when it starts
	}
	p.edit(stage, "spec.privateDNSNameOptions", words, modifyPrivateDNS.Step(made(words), in))
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

var placementEdits = shape.Edit[awsec2.ModifyInstancePlacementInput, ec2v1alpha1.Placement, types.Placement](
	"affinity", "groupName", "hostID", "hostResourceGroupARN", "partitionNumber", "tenancy")

func (p *instancePlan) placement() {
	in := awsec2.ModifyInstancePlacementInput{InstanceId: p.got.InstanceId}
	words := placementEdits.Into(&in, p.want.Placement, p.got.Placement)
	p.edit(stageStopped, "spec.placement", words, modifyPlacement.Step(made(words), in))
}

var cpuEdits = shape.Edit[awsec2.ModifyInstanceCpuOptionsInput, ec2v1alpha1.CPUOptionsRequest, types.CpuOptions]("coreCount", "threadsPerCore", "nestedVirtualization")

// cpu changes cores and threads, which AWS accepts together.
func (p *instancePlan) cpu() {
	in := awsec2.ModifyInstanceCpuOptionsInput{InstanceId: p.got.InstanceId}
	if got := p.got.CpuOptions; got != nil {
		in.CoreCount, in.ThreadsPerCore = got.CoreCount, got.ThreadsPerCore
	}
	words := cpuEdits.Into(&in, p.want.CPUOptions, p.got.CpuOptions)
	p.edit(stageStopped, "spec.cpuOptions", words, modifyCPU.Step(made(words), in))
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

// edit plans a call that changes some fields of a group; words names them.
func (p *instancePlan) edit(stage int, path string, words []string, step resource.Step) {
	if len(words) > 0 {
		p.add(stage, path, step)
	}
}

func made(words []string) string { return "make " + strings.Join(words, ", ") }
