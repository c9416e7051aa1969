package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

// image is an image that moto has in each Region.
const image = "ami-1e749f67"

// instancesStay lets instances stay in a state for an hour, or ends that.
func (a *account) instancesStay(state string, on bool) {
	a.t.Helper()
	t := StateTime{Account: a.id, Type: instanceType, State: state}
	if on {
		t.Milliseconds = 3_600_000
	}
	if err := a.SetStateTime(a.ctx(), t); err != nil {
		a.t.Fatal(err)
	}
}

// run launches an instance that leaves transient states at once.
func (a *account) run(in ec2.RunInstancesInput) string {
	a.t.Helper()
	for _, state := range transient[instanceType] {
		a.instancesStay(state, false)
	}
	return a.launch(in)
}

func (a *account) launch(in ec2.RunInstancesInput) string {
	a.t.Helper()
	in.MinCount, in.MaxCount, in.ImageId = aws.Int32(1), aws.Int32(1), aws.String(image)
	if in.InstanceType == "" {
		in.InstanceType = types.InstanceTypeT3Micro
	}
	return *must[*ec2.RunInstancesOutput](a)(a.ec2.RunInstances(a.ctx(), &in)).Instances[0].InstanceId
}

func (a *account) instance(id string) types.Instance {
	a.t.Helper()
	out := must[*ec2.DescribeInstancesOutput](a)(a.ec2.DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}}))
	return out.Reservations[0].Instances[0]
}

func (a *account) terminate(id string) error {
	_, err := a.ec2.TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	return err
}

func (a *account) stop(id string) {
	a.t.Helper()
	must[*ec2.StopInstancesOutput](a)(a.ec2.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: []string{id}}))
}

func TestInstanceStatesTakeTime(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, group := a.subnet(vpc), a.group(vpc, "web")
	for _, state := range transient[instanceType] {
		a.instancesStay(state, true)
	}
	id := a.launch(ec2.RunInstancesInput{SubnetId: &subnet, SecurityGroupIds: []string{group}, TagSpecifications: tags("instance", "k", "v")})
	state := func(want types.InstanceStateName, code int32) {
		t.Helper()
		if got := a.instance(id).State; got.Name != want || *got.Code != code {
			t.Errorf("it is %s (%d), want %s (%d)", got.Name, *got.Code, want, code)
		}
	}
	state(types.InstanceStateNamePending, 0)
	_, err := a.ec2.StopInstances(a.ctx(), &ec2.StopInstancesInput{InstanceIds: []string{id}})
	a.wantRefused("stopping a pending instance", err, http.StatusBadRequest, "IncorrectInstanceState")
	a.instancesStay(pending, false)
	state(types.InstanceStateNameRunning, 16)
	a.stop(id)
	state(types.InstanceStateNameStopping, 64)
	a.instancesStay(stopping, false)
	state(types.InstanceStateNameStopped, 80)
	must[*ec2.StartInstancesOutput](a)(a.ec2.StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: []string{id}}))
	state(types.InstanceStateNameRunning, 16)
	out := must[*ec2.TerminateInstancesOutput](a)(a.ec2.TerminateInstances(a.ctx(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}}))
	if c := out.TerminatingInstances[0]; c.PreviousState.Name != types.InstanceStateNameRunning || c.CurrentState.Name != types.InstanceStateNameShuttingDown {
		t.Errorf("terminating says %s, then %s", c.PreviousState.Name, c.CurrentState.Name)
	}
	state(types.InstanceStateNameShuttingDown, 32)
	_, err = a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet})
	a.wantRefused("deleting the subnet of an instance that shuts down", err, http.StatusBadRequest, "DependencyViolation")
	_, err = a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &group})
	a.wantRefused("deleting the group of an instance that shuts down", err, http.StatusBadRequest, "DependencyViolation")
	a.instancesStay(shuttingDown, false)
	state(types.InstanceStateNameTerminated, 48)
	if err := a.terminate(id); err != nil {
		t.Errorf("terminating it again: %v", err)
	}
	state(types.InstanceStateNameTerminated, 48)
	if got := a.instance(id); got.SubnetId != nil || len(got.NetworkInterfaces) > 0 {
		t.Errorf("terminated, it is shown in %v with %v", got.SubnetId, got.NetworkInterfaces)
	}
	for by, want := range map[string]int{"terminated": 1, "running": 0} {
		found := must[*ec2.DescribeInstancesOutput](a)(a.ec2.DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{
			Filters: append(filter("tag:k", "v"), filter("instance-state-name", by)...),
		}))
		n := 0
		for _, r := range found.Reservations {
			n += len(r.Instances)
		}
		if n != want {
			t.Errorf("%d are %s, want %d", n, by, want)
		}
	}
	must[*ec2.DeleteSecurityGroupOutput](a)(a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &group}))
	must[*ec2.DeleteSubnetOutput](a)(a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet}))
	must[*ec2.DeleteVpcOutput](a)(a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc}))
}

func TestInstanceHoldsWhatItUses(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, first, second := a.subnet(vpc), a.group(vpc, "first"), a.group(vpc, "second")
	id := a.run(ec2.RunInstancesInput{SubnetId: &subnet, SecurityGroupIds: []string{first}})
	deleteGroup := func(id string) error {
		_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
		return err
	}
	a.wantRefused("deleting a group in use", deleteGroup(first), http.StatusBadRequest, "DependencyViolation")
	must[*ec2.ModifyInstanceAttributeOutput](a)(a.ec2.ModifyInstanceAttribute(a.ctx(), &ec2.ModifyInstanceAttributeInput{InstanceId: &id, Groups: []string{second}}))
	if groups := a.instance(id).SecurityGroups; len(groups) != 1 || *groups[0].GroupId != second {
		t.Errorf("its groups are %+v", groups)
	}
	if err := deleteGroup(first); err != nil {
		t.Errorf("deleting the group that it left: %v", err)
	}
	_, err := a.ec2.ModifyInstanceAttribute(a.ctx(), &ec2.ModifyInstanceAttributeInput{InstanceId: &id, Groups: []string{first}})
	a.wantRefused("a group that is gone", err, http.StatusBadRequest, "InvalidGroup.NotFound")
	_, err = a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc})
	a.wantRefused("deleting its VPC", err, http.StatusBadRequest, "DependencyViolation")
}

func TestLaunchIsRefused(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	launch := func(change func(*ec2.RunInstancesInput)) error {
		in := &ec2.RunInstancesInput{MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, SubnetId: &subnet}
		change(in)
		_, err := a.ec2.RunInstances(a.ctx(), in)
		return err
	}
	for name, test := range map[string]struct {
		code   string
		change func(*ec2.RunInstancesInput)
	}{
		"an unknown image": {"InvalidAMIID.NotFound", func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("ami-0123456789abcdef0") }},
		"no image":         {"MissingParameter", func(in *ec2.RunInstancesInput) { in.ImageId = nil }},
		"an unknown profile": {"InvalidParameterValue", func(in *ec2.RunInstancesInput) {
			in.IamInstanceProfile = &types.IamInstanceProfileSpecification{Name: aws.String("x")}
		}},
		"an unknown profile's ARN": {"InvalidParameterValue", func(in *ec2.RunInstancesInput) {
			in.IamInstanceProfile = &types.IamInstanceProfileSpecification{Arn: aws.String("arn:aws:iam::1:instance-profile/x")}
		}},
		"tags of others":          {"InvalidParameterValue", func(in *ec2.RunInstancesInput) { in.TagSpecifications = tags("subnet", "k", "v") }},
		"data that is not base64": {"InvalidParameterValue", func(in *ec2.RunInstancesInput) { in.UserData = aws.String("#!") }},
		"subnet and interface": {"InvalidParameterCombination", func(in *ec2.RunInstancesInput) {
			in.NetworkInterfaces = []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0)}}
		}},
	} {
		a.wantRefused(name, launch(test.change), http.StatusBadRequest, test.code)
	}
	out := must[*ec2.DescribeInstancesOutput](a)(a.ec2.DescribeInstances(a.ctx(), &ec2.DescribeInstancesInput{}))
	if len(out.Reservations) > 0 {
		t.Errorf("refused launches made %d instances", len(out.Reservations))
	}
}

func TestLaunchShowsWhatWasAskedFor(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	id := a.run(ec2.RunInstancesInput{
		SubnetId: &subnet, DisableApiTermination: aws.Bool(true), EbsOptimized: aws.Bool(true),
		CpuOptions:                       &types.CpuOptionsRequest{CoreCount: aws.Int32(2), ThreadsPerCore: aws.Int32(1)},
		CreditSpecification:              &types.CreditSpecificationRequest{CpuCredits: aws.String("standard")},
		MaintenanceOptions:               &types.InstanceMaintenanceOptionsRequest{AutoRecovery: types.InstanceAutoRecoveryStateDisabled},
		Placement:                        &types.Placement{Tenancy: types.TenancyDedicated},
		PrivateDnsNameOptions:            &types.PrivateDnsNameOptionsRequest{HostnameType: types.HostnameTypeResourceName, EnableResourceNameDnsARecord: aws.Bool(true)},
		CapacityReservationSpecification: &types.CapacityReservationSpecification{CapacityReservationPreference: types.CapacityReservationPreferenceNone},
		MetadataOptions:                  &types.InstanceMetadataOptionsRequest{HttpTokens: types.HttpTokensStateRequired, HttpPutResponseHopLimit: aws.Int32(2)},
	})
	got := a.instance(id)
	if diff := cmp.Diff([]any{int32(2), int32(1), "disabled", "dedicated", "resource-name", true, "none", "required", true, false},
		[]any{*got.CpuOptions.CoreCount, *got.CpuOptions.ThreadsPerCore, string(got.MaintenanceOptions.AutoRecovery), string(got.Placement.Tenancy),
			string(got.PrivateDnsNameOptions.HostnameType), *got.PrivateDnsNameOptions.EnableResourceNameDnsARecord,
			string(got.CapacityReservationSpecification.CapacityReservationPreference), string(got.MetadataOptions.HttpTokens), *got.EbsOptimized, *got.EnclaveOptions.Enabled}); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	a.wantRefused("terminating what is protected", a.terminate(id), http.StatusBadRequest, "OperationNotPermitted")
	must[*ec2.ModifyInstanceAttributeOutput](a)(a.ec2.ModifyInstanceAttribute(a.ctx(), &ec2.ModifyInstanceAttributeInput{
		InstanceId: &id, DisableApiTermination: &types.AttributeBooleanValue{Value: aws.Bool(false)},
	}))
	if err := a.terminate(id); err != nil {
		t.Errorf("terminating it without protection: %v", err)
	}
}

func TestInstanceChanges(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	id := a.run(ec2.RunInstancesInput{SubnetId: &subnet})
	modify := func(in ec2.ModifyInstanceAttributeInput) error {
		in.InstanceId = &id
		_, err := a.ec2.ModifyInstanceAttribute(a.ctx(), &in)
		return err
	}
	on, large := &types.AttributeBooleanValue{Value: aws.Bool(true)}, &types.AttributeValue{Value: aws.String("t3.large")}
	a.wantRefused("two attributes", modify(ec2.ModifyInstanceAttributeInput{DisableApiStop: on, DisableApiTermination: on}), http.StatusBadRequest, "InvalidParameterCombination")
	a.wantRefused("the type of a running instance", modify(ec2.ModifyInstanceAttributeInput{InstanceType: large}), http.StatusBadRequest, "IncorrectInstanceState")
	whileRunning := []ec2.ModifyInstanceAttributeInput{
		{InstanceInitiatedShutdownBehavior: &types.AttributeValue{Value: aws.String("terminate")}},
		{SourceDestCheck: &types.AttributeBooleanValue{Value: aws.Bool(false)}},
		{BlockDeviceMappings: []types.InstanceBlockDeviceMappingSpecification{{DeviceName: aws.String("/dev/sda1"), Ebs: &types.EbsInstanceBlockDeviceSpecification{DeleteOnTermination: aws.Bool(false)}}}},
	}
	for _, in := range whileRunning {
		if err := modify(in); err != nil {
			t.Errorf("%+v: %v", in, err)
		}
	}
	must[*ec2.ModifyInstanceMetadataOptionsOutput](a)(a.ec2.ModifyInstanceMetadataOptions(a.ctx(), &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: &id, HttpTokens: types.HttpTokensStateRequired}))
	must[*ec2.ModifyInstanceMetadataOptionsOutput](a)(a.ec2.ModifyInstanceMetadataOptions(a.ctx(), &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: &id, HttpPutResponseHopLimit: aws.Int32(3)}))
	must[*ec2.ModifyInstanceMaintenanceOptionsOutput](a)(a.ec2.ModifyInstanceMaintenanceOptions(a.ctx(), &ec2.ModifyInstanceMaintenanceOptionsInput{InstanceId: &id, AutoRecovery: types.InstanceAutoRecoveryStateDisabled}))
	must[*ec2.ModifyPrivateDnsNameOptionsOutput](a)(a.ec2.ModifyPrivateDnsNameOptions(a.ctx(), &ec2.ModifyPrivateDnsNameOptionsInput{InstanceId: &id, EnableResourceNameDnsARecord: aws.Bool(true)}))
	monitored := must[*ec2.MonitorInstancesOutput](a)(a.ec2.MonitorInstances(a.ctx(), &ec2.MonitorInstancesInput{InstanceIds: []string{id}}))
	changed := must[*ec2.ModifyInstanceCreditSpecificationOutput](a)(a.ec2.ModifyInstanceCreditSpecification(a.ctx(), &ec2.ModifyInstanceCreditSpecificationInput{
		InstanceCreditSpecifications: []types.InstanceCreditSpecificationRequest{{InstanceId: &id, CpuCredits: aws.String("standard")}},
	}))
	if len(monitored.InstanceMonitorings) != 1 || len(changed.SuccessfulInstanceCreditSpecifications) != 1 {
		t.Errorf("monitoring and credits are answered with %+v and %+v", monitored, changed)
	}
	placement := func() error {
		_, err := a.ec2.ModifyInstancePlacement(a.ctx(), &ec2.ModifyInstancePlacementInput{InstanceId: &id, Tenancy: types.HostTenancyDedicated})
		return err
	}
	a.wantRefused("the placement of a running instance", placement(), http.StatusBadRequest, "IncorrectInstanceState")
	a.stop(id)
	for _, in := range []ec2.ModifyInstanceAttributeInput{
		{InstanceType: large}, {EnclaveOptions: &types.EnclaveOptionsRequest{Enabled: aws.Bool(true)}},
		{UserData: &types.SecureBlobAttributeValue{Value: []byte("hello")}}, {EbsOptimized: on},
	} {
		if err := modify(in); err != nil {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if err := placement(); err != nil {
		t.Error(err)
	}
	must[*ec2.ModifyInstanceCpuOptionsOutput](a)(a.ec2.ModifyInstanceCpuOptions(a.ctx(), &ec2.ModifyInstanceCpuOptionsInput{InstanceId: &id, CoreCount: aws.Int32(1), ThreadsPerCore: aws.Int32(1)}))
	must[*ec2.ModifyInstanceCapacityReservationAttributesOutput](a)(a.ec2.ModifyInstanceCapacityReservationAttributes(a.ctx(), &ec2.ModifyInstanceCapacityReservationAttributesInput{
		InstanceId: &id, CapacityReservationSpecification: &types.CapacityReservationSpecification{CapacityReservationTarget: &types.CapacityReservationTarget{CapacityReservationId: aws.String("cr-1")}},
	}))
	got := a.instance(id)
	if diff := cmp.Diff([]any{"required", int32(3), "disabled", true, "ip-name", "enabled", "t3.large", true, true, "dedicated", int32(1), "cr-1", false, false, 0},
		[]any{string(got.MetadataOptions.HttpTokens), *got.MetadataOptions.HttpPutResponseHopLimit, string(got.MaintenanceOptions.AutoRecovery),
			*got.PrivateDnsNameOptions.EnableResourceNameDnsARecord, string(got.PrivateDnsNameOptions.HostnameType), string(got.Monitoring.State), string(got.InstanceType),
			*got.EnclaveOptions.Enabled, *got.EbsOptimized, string(got.Placement.Tenancy), *got.CpuOptions.ThreadsPerCore,
			*got.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId, *got.SourceDestCheck,
			*got.BlockDeviceMappings[0].Ebs.DeleteOnTermination, len(got.SecurityGroups)}); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	attribute := func(name types.InstanceAttributeName) *ec2.DescribeInstanceAttributeOutput {
		return must[*ec2.DescribeInstanceAttributeOutput](a)(a.ec2.DescribeInstanceAttribute(a.ctx(), &ec2.DescribeInstanceAttributeInput{InstanceId: &id, Attribute: name}))
	}
	if v := attribute(types.InstanceAttributeNameUserData).UserData; v == nil || aws.ToString(v.Value) != "aGVsbG8=" {
		t.Errorf("the user data is %+v", v)
	}
	if v := attribute(types.InstanceAttributeNameInstanceInitiatedShutdownBehavior).InstanceInitiatedShutdownBehavior; aws.ToString(v.Value) != "terminate" {
		t.Errorf("the shutdown behavior is %+v", v)
	}
	credits := must[*ec2.DescribeInstanceCreditSpecificationsOutput](a)(a.ec2.DescribeInstanceCreditSpecifications(a.ctx(), &ec2.DescribeInstanceCreditSpecificationsInput{InstanceIds: []string{id}}))
	if c := credits.InstanceCreditSpecifications[0].CpuCredits; aws.ToString(c) != "standard" {
		t.Errorf("the credits are %s", aws.ToString(c))
	}
}

func TestInstanceProfileOfInstance(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	for _, name := range []string{"a", "b"} {
		must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: &name}))
	}
	id := a.run(ec2.RunInstancesInput{SubnetId: &subnet})
	associate := func(name string) error {
		_, err := a.ec2.AssociateIamInstanceProfile(a.ctx(), &ec2.AssociateIamInstanceProfileInput{InstanceId: &id, IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: &name}})
		return err
	}
	a.wantRefused("an unknown profile", associate("x"), http.StatusBadRequest, "InvalidParameterValue")
	if err := associate("a"); err != nil {
		t.Fatal(err)
	}
	found := must[*ec2.DescribeIamInstanceProfileAssociationsOutput](a)(a.ec2.DescribeIamInstanceProfileAssociations(a.ctx(), &ec2.DescribeIamInstanceProfileAssociationsInput{Filters: filter("instance-id", id)}))
	if len(found.IamInstanceProfileAssociations) != 1 {
		t.Fatalf("associations: %+v", found.IamInstanceProfileAssociations)
	}
	must[*ec2.ReplaceIamInstanceProfileAssociationOutput](a)(a.ec2.ReplaceIamInstanceProfileAssociation(a.ctx(), &ec2.ReplaceIamInstanceProfileAssociationInput{
		AssociationId: found.IamInstanceProfileAssociations[0].AssociationId, IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: aws.String("b")},
	}))
	if p := a.instance(id).IamInstanceProfile; p == nil || *p.Arn != "arn:aws:iam::"+a.id+":instance-profile/b" {
		t.Errorf("its profile is %+v", p)
	}
}

func TestTokenOfALaunch(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	in := ec2.RunInstancesInput{SubnetId: &subnet, ClientToken: aws.String("t"), NetworkInterfaces: nil}
	id := a.run(in)
	if again := a.launch(in); again != id {
		t.Errorf("the token gave %s after %s", again, id)
	}
	if err := a.terminate(id); err != nil {
		t.Fatal(err)
	}
	in.MinCount, in.MaxCount, in.ImageId, in.InstanceType = aws.Int32(1), aws.Int32(1), aws.String(image), types.InstanceTypeT3Micro
	_, err := a.ec2.RunInstances(a.ctx(), &in)
	a.wantRefused("the token of a terminated instance", err, http.StatusBadRequest, "IdempotentInstanceTerminated")
}

func TestLaunchThatFails(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	if _, err := a.AddRule(a.ctx(), Rule{Action: Actions{"RunInstances"}, Fault: FaultFailed, Code: "Client.VolumeLimitExceeded", Message: "too many"}); err != nil {
		t.Fatal(err)
	}
	a.instancesStay(pending, true)
	id := a.launch(ec2.RunInstancesInput{SubnetId: &subnet})
	if got := a.instance(id); got.State.Name != types.InstanceStateNamePending {
		t.Errorf("at first it is %s", got.State.Name)
	}
	a.instancesStay(pending, false)
	got := a.instance(id)
	if got.State.Name != types.InstanceStateNameTerminated || got.StateReason == nil || *got.StateReason.Code != "Client.VolumeLimitExceeded" || *got.StateReason.Message != "too many" {
		t.Errorf("then it is %+v because of %+v", got.State, got.StateReason)
	}
	must[*ec2.DeleteSubnetOutput](a)(a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet}))
}

func TestOwnInterfaceStaysWithoutItsInstance(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	eni := must[*ec2.CreateNetworkInterfaceOutput](a)(a.ec2.CreateNetworkInterface(a.ctx(), &ec2.CreateNetworkInterfaceInput{SubnetId: &subnet})).NetworkInterface.NetworkInterfaceId
	id := a.run(ec2.RunInstancesInput{NetworkInterfaces: []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), NetworkInterfaceId: eni}}})
	if err := a.terminate(id); err != nil {
		t.Fatal(err)
	}
	found := must[*ec2.DescribeNetworkInterfacesOutput](a)(a.ec2.DescribeNetworkInterfaces(a.ctx(), &ec2.DescribeNetworkInterfacesInput{Filters: filter("subnet-id", subnet)}))
	if len(found.NetworkInterfaces) != 1 || *found.NetworkInterfaces[0].NetworkInterfaceId != *eni {
		t.Errorf("the subnet has %+v, want the earlier interface", found.NetworkInterfaces)
	}
}

// A launch assigns a public address. A start after a stop assigns another.
func TestPublicAddressOfAnInstance(t *testing.T) {
	a := newAccount(t)
	subnet := a.subnet(a.vpc())
	for _, state := range transient[instanceType] {
		a.instancesStay(state, state == pending)
	}
	id := a.launch(ec2.RunInstancesInput{NetworkInterfaces: []types.InstanceNetworkInterfaceSpecification{
		{DeviceIndex: aws.Int32(0), SubnetId: &subnet, AssociatePublicIpAddress: aws.Bool(true)},
	}})
	first := aws.ToString(a.instance(id).PublicIpAddress)
	a.instancesStay(pending, false)
	if got := a.instance(id); first == "" || aws.ToString(got.PublicIpAddress) != first || got.State.Name != types.InstanceStateNameRunning {
		t.Errorf("pending it has %q, %s it has %v", first, got.State.Name, aws.ToString(got.PublicIpAddress))
	}
	a.stop(id)
	if got := a.instance(id).PublicIpAddress; got != nil {
		t.Errorf("stopped it has %s", *got)
	}
	must[*ec2.StartInstancesOutput](a)(a.ec2.StartInstances(a.ctx(), &ec2.StartInstancesInput{InstanceIds: []string{id}}))
	if got := aws.ToString(a.instance(id).PublicIpAddress); got == "" || got == first {
		t.Errorf("started again it has %q after %q", got, first)
	}
}
