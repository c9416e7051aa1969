package ec2

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var instanceKind = definition[ec2v1alpha1.InstanceSpec, instance](Instance())

// launched is when the instances of these tests were launched.
var launched = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// gotInstance returns an instance as AWS shows it with all the fields that AWS fills in, changed by
// the given functions.
func gotInstance(change ...func(*instance)) *instance {
	got := &instance{Instance: types.Instance{
		InstanceId: aws.String("i-1"), ImageId: aws.String("ami-1"), InstanceType: types.InstanceTypeT3Micro, KeyName: aws.String("k"),
		State:          &types.InstanceState{Code: aws.Int32(16), Name: types.InstanceStateNameRunning},
		AmiLaunchIndex: aws.Int32(0), Architecture: types.ArchitectureValuesX8664, LaunchTime: &launched,
		SubnetId: aws.String("subnet-1"), VpcId: aws.String("vpc-1"), PrivateIpAddress: aws.String("10.0.1.5"),
		PrivateDnsName: aws.String("ip-10-0-1-5.eu-west-1.compute.internal"), PublicDnsName: aws.String(""),
		SecurityGroups:  []types.GroupIdentifier{{GroupId: aws.String("sg-1"), GroupName: aws.String("web")}},
		SourceDestCheck: aws.Bool(true), EbsOptimized: aws.Bool(false), EnaSupport: aws.Bool(true),
		Monitoring:         &types.Monitoring{State: types.MonitoringStateDisabled},
		Placement:          &types.Placement{AvailabilityZone: aws.String("eu-west-1a"), GroupName: aws.String(""), Tenancy: types.TenancyDefault},
		CpuOptions:         &types.CpuOptions{CoreCount: aws.Int32(1), ThreadsPerCore: aws.Int32(2)},
		EnclaveOptions:     &types.EnclaveOptions{Enabled: aws.Bool(false)},
		HibernationOptions: &types.HibernationOptions{Configured: aws.Bool(false)},
		MaintenanceOptions: &types.InstanceMaintenanceOptions{AutoRecovery: types.InstanceAutoRecoveryStateDefault},
		MetadataOptions: &types.InstanceMetadataOptionsResponse{
			HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpTokens: types.HttpTokensStateOptional, HttpPutResponseHopLimit: aws.Int32(1),
			HttpProtocolIpv6: types.InstanceMetadataProtocolStateDisabled, InstanceMetadataTags: types.InstanceMetadataTagsStateDisabled,
		},
		PrivateDnsNameOptions: &types.PrivateDnsNameOptionsResponse{
			HostnameType: types.HostnameTypeIpName, EnableResourceNameDnsARecord: aws.Bool(false), EnableResourceNameDnsAAAARecord: aws.Bool(false),
		},
		CapacityReservationSpecification: &types.CapacityReservationSpecificationResponse{CapacityReservationPreference: types.CapacityReservationPreferenceOpen},
		BlockDeviceMappings:              []types.InstanceBlockDeviceMapping{{DeviceName: aws.String("/dev/xvda"), Ebs: &types.EbsInstanceBlockDevice{DeleteOnTermination: aws.Bool(true)}}},
		NetworkInterfaces: []types.InstanceNetworkInterface{{
			NetworkInterfaceId: aws.String("eni-1"), SubnetId: aws.String("subnet-1"), PrivateIpAddress: aws.String("10.0.1.5"), Description: aws.String(""),
			Attachment:    &types.InstanceNetworkInterfaceAttachment{DeviceIndex: aws.Int32(0)},
			Ipv6Addresses: []types.InstanceIpv6Address{{Ipv6Address: aws.String("2001:db8::5")}},
		}},
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}}
	for _, c := range change {
		c(got)
	}
	return got
}

// attributes sets what AWS shows by other calls.
func attributes(s *instance) {
	s.DisableAPITermination, s.DisableAPIStop, s.InstanceInitiatedShutdownBehavior = aws.Bool(false), aws.Bool(false), aws.String("stop")
	s.userData, s.credits = aws.String("aGVsbG8="), aws.String("unlimited")
}

func profiled(arn string) func(*instance) {
	return func(s *instance) { s.IamInstanceProfile = &types.IamInstanceProfile{Arn: aws.String(arn)} }
}

func launchedFrom(template, version string) func(*instance) {
	return func(s *instance) {
		s.Tags = append(s.Tags, types.Tag{Key: aws.String(tagTemplate), Value: &template}, types.Tag{Key: aws.String(tagTemplateVersion), Value: &version})
	}
}

func TestPlanInstance(t *testing.T) {
	const head = `imageID: ami-1`
	c := kind.Case{ID: "i-1", Tags: map[string]string{"env": "dev"}}
	for name, test := range map[string]struct {
		spec string
		got  *instance
		c    kind.Case
		want []string
	}{
		"new: all of it is in the request": {spec: head + `, sourceDestCheckEnabled: false, userData: aGVsbG8=, tags: [{key: a, value: b}]`, c: c},
		"nothing to do: AWS's defaults, written down": {
			spec: head + `, instanceType: t3.micro, keyName: k, subnetID: subnet-1, privateIPAddress: 10.0.1.5, securityGroupIDs: [sg-1, sg-1], sourceDestCheckEnabled: true,
				ebsOptimized: false, disableAPITermination: false, disableAPIStop: false, instanceInitiatedShutdownBehavior: stop, userData: "aGVs\n bG8=\n",
				monitoring: {enabled: false}, creditSpecification: {cpuCredits: unlimited}, maintenanceOptions: {autoRecovery: default}, enclaveOptions: {enabled: false},
				hibernationOptions: {configured: false}, instanceMarketOptions: {marketType: on-demand}, cpuOptions: {coreCount: 1, threadsPerCore: 2},
				metadataOptions: {httpEndpoint: enabled, httpTokens: optional, httpPutResponseHopLimit: 1, httpProtocolIPv6: disabled, instanceMetadataTags: disabled},
				privateDNSNameOptions: {hostnameType: ip-name, enableResourceNameDNSARecord: false, enableResourceNameDNSAAAARecord: false},
				placement: {availabilityZone: eu-west-1a, tenancy: default}, capacityReservationSpecification: {capacityReservationPreference: open},
				blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {deleteOnTermination: true, volumeSize: 8}}, {deviceName: /dev/xvdb, noDevice: ""}],
				ipv6Addresses: [{ipv6Address: "2001:db8:0::5"}], minCount: 1, maxCount: 5`,
			got: gotInstance(attributes), c: c,
		},
		"nothing to do: what the spec leaves out stays": {
			spec: head, c: c, got: gotInstance(attributes, profiled("arn:aws:iam::1:instance-profile/x"), func(s *instance) {
				s.SourceDestCheck, s.EbsOptimized = aws.Bool(false), aws.Bool(true)
				s.Monitoring.State = types.MonitoringStateEnabled
				s.MetadataOptions.HttpTokens = types.HttpTokensStateRequired
			}),
		},
		"flags": {
			spec: head + `, disableAPIStop: true, disableAPITermination: true, sourceDestCheckEnabled: false, ebsOptimized: true`, c: c, got: gotInstance(attributes),
			want: []string{
				"0 ModifyAttribute: turn on disableAPIStop (spec.disableAPIStop)",
				"0 ModifyAttribute: turn on disableAPITermination (spec.disableAPITermination)",
				"0 ModifyAttribute: turn off sourceDestCheckEnabled (spec.sourceDestCheckEnabled)",
				"2 ModifyAttribute: turn on ebsOptimized (spec.ebsOptimized)",
			},
		},
		"texts": {
			spec: head + `, instanceInitiatedShutdownBehavior: terminate, instanceType: t3.large, kernelID: aki-1, ramDiskID: ari-1, userData: c2VjcmV0`, c: c, got: gotInstance(attributes),
			want: []string{
				"0 ModifyAttribute: change the shutdown behavior to terminate (spec.instanceInitiatedShutdownBehavior)",
				"2 ModifyAttribute: change the type to t3.large (spec.instanceType)",
				"2 ModifyAttribute: change the kernel to aki-1 (spec.kernelID)",
				"2 ModifyAttribute: change the RAM disk to ari-1 (spec.ramDiskID)",
				"2 ModifyAttribute: change the user data (spec.userData)",
			},
		},
		"groups":           {spec: head + `, securityGroupIDs: [sg-2, sg-1]`, got: gotInstance(), c: c, want: []string{"0 ModifyAttribute: use the security groups sg-1, sg-2 (spec.securityGroupIDs)"}},
		"groups by name":   {spec: head + `, securityGroups: [web]`, got: gotInstance(), c: c},
		"a volume to keep": {spec: head + `, blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {deleteOnTermination: false}}]`, got: gotInstance(), c: c, want: []string{"0 ModifyAttribute: turn off deleteOnTermination of /dev/xvda (spec.blockDeviceMappings)"}},
		"a profile":        {spec: head + `, iamInstanceProfile: {name: x}`, got: gotInstance(), c: c, want: []string{"0 AssociateIamInstanceProfile: use the instance profile x (spec.iamInstanceProfile)"}},
		"the same profile": {spec: head + `, iamInstanceProfile: {name: x}`, got: gotInstance(profiled("arn:aws:iam::1:instance-profile/p/x")), c: c},
		"the same, by ARN": {spec: head + `, iamInstanceProfile: {arn: "arn:x"}`, got: gotInstance(profiled("arn:x")), c: c},
		"another profile": {
			spec: head + `, iamInstanceProfile: {arn: "arn:y"}`, c: c, got: gotInstance(profiled("arn:x"), func(s *instance) { s.association = aws.String("iip-assoc-1") }),
			want: []string{"0 ReplaceIamInstanceProfileAssociation: use the instance profile arn:y (spec.iamInstanceProfile)"},
		},
		"metadata": {
			spec: head + `, metadataOptions: {httpTokens: required, httpPutResponseHopLimit: 2, httpEndpoint: enabled, instanceMetadataTags: enabled, httpProtocolIPv6: enabled}`, got: gotInstance(), c: c,
			want: []string{"0 ModifyMetadataOptions: make httpProtocolIPv6 enabled, httpPutResponseHopLimit 2, httpTokens required, instanceMetadataTags enabled (spec.metadataOptions)"},
		},
		"monitoring on":                 {spec: head + `, monitoring: {enabled: true}`, got: gotInstance(), c: c, want: []string{"0 Monitor: turn on detailed monitoring (spec.monitoring.enabled)"}},
		"monitoring is being turned on": {spec: head + `, monitoring: {enabled: true}`, got: gotInstance(func(s *instance) { s.Monitoring.State = types.MonitoringStatePending }), c: c},
		"monitoring off": {
			spec: head + `, monitoring: {enabled: false}`, got: gotInstance(func(s *instance) { s.Monitoring.State = types.MonitoringStateEnabled }), c: c,
			want: []string{"0 Unmonitor: turn off detailed monitoring (spec.monitoring.enabled)"},
		},
		"credits and recovery": {
			spec: head + `, creditSpecification: {cpuCredits: standard}, maintenanceOptions: {autoRecovery: disabled}`, got: gotInstance(attributes), c: c,
			want: []string{
				"0 ModifyCreditSpecification: make the CPU credits standard (spec.creditSpecification.cpuCredits)",
				"0 ModifyMaintenanceOptions: make autoRecovery disabled (spec.maintenanceOptions.autoRecovery)",
			},
		},
		"records": {
			spec: head + `, privateDNSNameOptions: {hostnameType: ip-name, enableResourceNameDNSARecord: true, enableResourceNameDNSAAAARecord: true}`, got: gotInstance(), c: c,
			want: []string{"0 ModifyPrivateDnsNameOptions: make enableResourceNameDNSARecord true, enableResourceNameDNSAAAARecord true (spec.privateDNSNameOptions)"},
		},
		"what takes a stopped instance": {
			spec: head + `, privateDNSNameOptions: {hostnameType: resource-name}, enclaveOptions: {enabled: true}, cpuOptions: {coreCount: 2, threadsPerCore: 1, nestedVirtualization: enabled},
				placement: {affinity: host, groupName: g, hostID: h, hostResourceGroupARN: r, partitionNumber: 3, tenancy: host}, capacityReservationSpecification: {capacityReservationPreference: none}`,
			got: gotInstance(), c: c,
			want: []string{
				"2 ModifyPrivateDnsNameOptions: make hostnameType resource-name (spec.privateDNSNameOptions)",
				"2 ModifyAttribute: turn on enclaves (spec.enclaveOptions.enabled)",
				"2 ModifyPlacement: make affinity host, groupName g, hostID h, hostResourceGroupARN r, partitionNumber 3, tenancy host (spec.placement)",
				"2 ModifyCpuOptions: make coreCount 2, threadsPerCore 1, nestedVirtualization enabled (spec.cpuOptions)",
				"2 ModifyCapacityReservationAttributes: change the use of capacity reservations (spec.capacityReservationSpecification)",
			},
		},
		"another reservation": {
			spec: head + `, capacityReservationSpecification: {capacityReservationTarget: {capacityReservationID: cr-1}}`, got: gotInstance(), c: c,
			want: []string{"2 ModifyCapacityReservationAttributes: change the use of capacity reservations (spec.capacityReservationSpecification)"},
		},
		"a tag's value changed":  {spec: head, got: gotInstance(), c: kind.Case{ID: "i-1", Tags: map[string]string{"env": "prod"}}, want: []string{"0 Tag: tag env=prod (spec.tags)"}},
		"a tag that is not ours": {spec: head, got: gotInstance(launchedFrom("lt-1", "1")), c: kind.Case{ID: "i-1"}, want: []string{"1 Untag: remove the tags env (spec.tags)"}},
	} {
		t.Run(name, func(t *testing.T) {
			draft := instanceKind.Draft(spec[ec2v1alpha1.InstanceSpec](t, "{"+test.spec+"}"), test.got, test.c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

// AWS resolves a parameter once: the image that it found is not a difference, whatever the
// parameter names later.
func TestImageOfParameter(t *testing.T) {
	if advice := adviseInstance(spec[ec2v1alpha1.InstanceSpec](t, `{imageID: ami-1}`)); len(advice) > 0 {
		t.Errorf("advice about an image by its id: %+v", advice)
	}
	for _, image := range []string{"resolve:ssm:/golden/web", "resolve:ssm:/golden/web:3"} {
		want := spec[ec2v1alpha1.InstanceSpec](t, `{imageID: "`+image+`"}`)
		step := planInstanceCreate(want, kind.Making{})
		if !strings.Contains(string(step.Input), `"ImageId":"`+image+`"`) {
			t.Errorf("sent: %s", step.Input)
		}
		draft := instanceKind.Draft(want, gotInstance(), kind.Case{ID: "i-1", Tags: map[string]string{"env": "dev"}})
		if len(draft.Steps)+len(draft.Notes) > 0 {
			t.Errorf("%s: steps %v, notes %q", image, described(draft.Steps), draft.Notes)
		}
		if advice := adviseInstance(want); len(advice) != 1 || advice[0].Reason != "ReadOnce" || !strings.HasPrefix(advice[0].Message, "spec.imageID: AWS looked up "+image+" once") {
			t.Errorf("%s: advice %+v", image, advice)
		}
	}
}

// An object looks again at what people can restore in AWS, and waits for an edit of what the launch
// fixed.
func TestInstanceDifferencesInAWS(t *testing.T) {
	for text, want := range map[string]bool{
		`{imageID: ami-2}`: false,
		`{networkInterfaces: [{deviceIndex: 0, networkInterfaceID: eni-2}]}`: false,
		`{networkInterfaces: [{deviceIndex: 0, description: d}]}`:            true,
		`{networkInterfaces: [{deviceIndex: 1}]}`:                            true,
		`{ipv6Addresses: [{ipv6Address: "2001:db8::6"}]}`:                    true,
		`{networkInterfaces: [{deviceIndex: 0, ipv6AddressCount: 2}]}`:       true,
		`{securityGroups: [db]}`:                                             true,
		`{imageID: ami-2, networkInterfaces: [{deviceIndex: 1}]}`:            true,
	} {
		draft := instanceKind.Draft(spec[ec2v1alpha1.InstanceSpec](t, text), gotInstance(), kind.Case{ID: "i-1"})
		if len(draft.Notes) == 0 || draft.InAWS != want {
			t.Errorf("%s: in AWS %t, want %t: %q", text, draft.InAWS, want, draft.Notes)
		}
	}
}

func TestInstanceNotes(t *testing.T) {
	want := spec[ec2v1alpha1.InstanceSpec](t, `{imageID: ami-2, keyName: l, subnetID: subnet-2, privateIPAddress: 10.0.1.6, placement: {availabilityZone: eu-west-1b, spreadDomain: d},
		hibernationOptions: {configured: true}, instanceMarketOptions: {marketType: spot}, launchTemplate: {launchTemplateID: lt-2, version: "3"}, securityGroups: [db],
		licenseSpecifications: [{licenseConfigurationARN: "arn:l"}], ipv6AddressCount: 2, ipv6Addresses: [{ipv6Address: "2001:db8::6"}], disableAPIStop: true}`)
	draft := instanceKind.Draft(want, gotInstance(attributes, launchedFrom("lt-1", "1")), kind.Case{ID: "i-1", Tags: map[string]string{"env": "dev"}})
	if diff := cmp.Diff([]string{
		`spec.imageID: AWS cannot change it; make a new object, or put back "ami-1"`,
		`spec.keyName: AWS cannot change it; make a new object, or put back "k"`,
		`spec.subnetID: AWS cannot change it; make a new object, or put back "subnet-1"`,
		`spec.privateIPAddress: AWS cannot change it; make a new object, or put back "10.0.1.5"`,
		`spec.placement.availabilityZone: AWS cannot change it; make a new object, or put back "eu-west-1a"`,
		`spec.placement.spreadDomain: AWS cannot change it; make a new object, or put back ""`,
		`spec.hibernationOptions.configured: AWS cannot change it; make a new object, or put back "false"`,
		`spec.instanceMarketOptions.marketType: AWS cannot change it; make a new object, or put back "on-demand"`,
		`spec.launchTemplate.launchTemplateID: AWS cannot change it; make a new object, or put back "lt-1"`,
		`spec.launchTemplate.version: AWS cannot change it; make a new object, or put back "1"`,
		`spec.securityGroups: AWS changes groups by id only: set securityGroupIDs, or restore "web"`,
		`spec.licenseSpecifications: AWS cannot change it; make a new object, or put back ""`,
		`spec.ipv6Addresses[0]: AWS shows "2001:db8::5": assign the address there, or change it here`,
		`spec.ipv6AddressCount: AWS shows 1: assign more there, or change it here`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0 ModifyAttribute: turn on disableAPIStop (spec.disableAPIStop)"}, described(draft.Steps)); diff != "" {
		t.Errorf("the rest of the change (-want +got):\n%s", diff)
	}
	interfaces := spec[ec2v1alpha1.InstanceSpec](t, `{imageID: ami-1, networkInterfaces: [
		{deviceIndex: 0, networkInterfaceID: eni-2, subnetID: subnet-2, privateIPAddress: 10.0.1.6, description: d, ipv6AddressCount: 1},
		{deviceIndex: 1}, {deviceIndex: 0, networkCardIndex: 1}]}`)
	notes, inAWS := instanceNotes(interfaces, gotInstance())
	if diff := cmp.Diff([]string{
		`spec.networkInterfaces[0].networkInterfaceID: AWS cannot change it; make a new object, or put back "eni-1"`,
		`spec.networkInterfaces[0].subnetID: AWS cannot change it; make a new object, or put back "subnet-1"`,
		`spec.networkInterfaces[0].privateIPAddress: AWS cannot change it; make a new object, or put back "10.0.1.5"`,
		`spec.networkInterfaces[0].description: AWS shows "": change it there, or here`,
		`spec.networkInterfaces[1]: AWS shows no interface at this device index: attach one, or remove it here`,
	}, notes); diff != "" || !inAWS {
		t.Errorf("notes on interfaces, in AWS %t (-want +got):\n%s", inAWS, diff)
	}
	named := spec[ec2v1alpha1.InstanceSpec](t, `{launchTemplate: {launchTemplateID: lt-1, version: $Latest}, securityGroups: [web], securityGroupIDs: [sg-1]}`)
	if notes, inAWS := instanceNotes(named, gotInstance(launchedFrom("lt-1", "7"))); len(notes) > 0 || inAWS {
		t.Errorf("notes of an instance that is as the spec says: %v", notes)
	}
}

func TestInstanceFacts(t *testing.T) {
	in := func(state types.InstanceStateName) func(*instance) { return func(s *instance) { s.State.Name = state } }
	protected := func(s *instance) { s.DisableAPITermination = aws.Bool(true) }
	held := &resource.Wait{Reason: "Protected", Message: "i-1 is protected from termination: set spec.disableAPITermination to false, or turn the protection off in AWS"}
	for name, test := range map[string]struct {
		got           *instance
		pending, held *resource.Wait
	}{
		"running":                  {gotInstance(), nil, nil},
		"stopped":                  {gotInstance(in(types.InstanceStateNameStopped)), nil, nil},
		"pending":                  {gotInstance(in(types.InstanceStateNamePending)), &resource.Wait{Reason: "Pending", Message: "i-1 is pending"}, nil},
		"stopping":                 {gotInstance(in(types.InstanceStateNameStopping)), &resource.Wait{Reason: "Pending", Message: "i-1 is stopping"}, nil},
		"going":                    {gotInstance(in(types.InstanceStateNameShuttingDown)), &resource.Wait{Reason: "Pending", Message: "i-1 is shutting-down"}, nil},
		"protected":                {gotInstance(protected), nil, held},
		"protected, until it goes": {gotInstance(protected, func(s *instance) { s.unprotect = true }), nil, nil},
	} {
		facts := instanceKind.Facts(test.got)
		if diff := cmp.Diff([]*resource.Wait{test.pending, test.held}, []*resource.Wait{facts.Pending, facts.Held}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if want := name == "pending" || name == "stopping"; facts.Deletable != want {
			t.Errorf("%s: deletable is %t, want %t", name, facts.Deletable, want)
		}
	}
	for name, test := range map[string]struct {
		got    *instance
		failed string
		gone   bool
	}{
		"running":                       {gotInstance(), "", false},
		"terminated by somebody":        {gotInstance(ended("Client.UserInitiatedShutdown")), "", true},
		"ended at its launch":           {gotInstance(ended("Client.VolumeLimitExceeded")), "AWS ended i-1 at its launch: Client.VolumeLimitExceeded: why", false},
		"ended at its launch, and ours": {gotInstance(ended("Server.InternalError"), func(s *instance) { s.deleted = true }), "", true},
	} {
		facts := instanceKind.Facts(test.got)
		failed := ""
		if facts.Failed != nil {
			failed = facts.Failed.Message
		}
		if failed != test.failed || facts.Gone != test.gone {
			t.Errorf("%s: failed %q, gone %t", name, failed, facts.Gone)
		}
	}
}

// ended ends an instance for one of AWS's reasons.
func ended(code string) func(*instance) {
	return func(s *instance) {
		s.State = &types.InstanceState{Name: types.InstanceStateNameTerminated}
		s.StateReason = &types.StateReason{Code: &code, Message: aws.String("why")}
	}
}

func TestInstanceStatus(t *testing.T) {
	got := instanceKind.Status(gotInstance(ended("c"))).(ec2v1alpha1.InstanceStatus)
	if got.LaunchTime == nil || !got.LaunchTime.Time.Equal(launched) {
		t.Errorf("launched at %v, want %v", got.LaunchTime, launched)
	}
	got.LaunchTime = nil
	if diff := cmp.Diff(ec2v1alpha1.InstanceStatus{
		InstanceID: aws.String("i-1"), State: &ec2v1alpha1.InstanceState{Name: aws.String("terminated")}, StateReason: &ec2v1alpha1.StateReason{Code: aws.String("c"), Message: aws.String("why")},
		AMILaunchIndex: aws.Int64(0), Architecture: aws.String("x86_64"), VPCID: aws.String("vpc-1"), ENASupport: aws.Bool(true), SourceDestCheck: aws.Bool(true),
		PrivateDNSName: aws.String("ip-10-0-1-5.eu-west-1.compute.internal"),
	}, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

// AWS shows the id and the number of a launch template. An edit of a name, or of a word like $Latest,
// is not visible, and the object says so.
func TestAdviceAboutALaunchTemplate(t *testing.T) {
	for text, want := range map[string][]string{
		`{launchTemplate: {launchTemplateID: lt-1, version: "2"}}`:            nil,
		`{launchTemplate: {launchTemplateID: lt-1}}`:                          nil,
		`{launchTemplate: {launchTemplateName: web, version: "2"}}`:           {"spec.launchTemplate.launchTemplateName: AWS looked up web once"},
		`{launchTemplate: {launchTemplateID: lt-1, version: $Latest}}`:        {"spec.launchTemplate.version: AWS looked up $Latest once"},
		`{launchTemplate: {launchTemplateName: web, version: $Default}}`:      {"spec.launchTemplate.launchTemplateName: AWS looked up web once", "spec.launchTemplate.version: AWS looked up $Default once"},
		`{imageID: "resolve:ssm:/a", launchTemplate: {launchTemplateID: lt}}`: {"spec.imageID: AWS looked up resolve:ssm:/a once"},
	} {
		var got []string
		for _, a := range adviseInstance(spec[ec2v1alpha1.InstanceSpec](t, text)) {
			head, _, _ := strings.Cut(a.Message, ",")
			got = append(got, head)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
