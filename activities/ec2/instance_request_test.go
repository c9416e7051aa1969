package ec2

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// everyField has each field of the spec that goes into the launch, except those of the network. AWS
// takes those for the instance or for its interfaces.
const everyField = `
imageID: ami-1
instanceType: t3.micro
blockDeviceMappings:
  - {deviceName: /dev/xvda, ebs: {deleteOnTermination: true, encrypted: true, iops: 3000, kmsKeyID: key, outpostARN: o, snapshotID: snap-1, throughput: 125, volumeSize: 8, volumeType: gp3}}
  - {deviceName: /dev/xvdb, noDevice: ""}
  - {deviceName: /dev/xvdc, virtualName: ephemeral0}
capacityReservationSpecification: {capacityReservationPreference: open, capacityReservationTarget: {capacityReservationID: cr-1, capacityReservationResourceGroupARN: a}}
cpuOptions: {coreCount: 1, nestedVirtualization: disabled, threadsPerCore: 2}
creditSpecification: {cpuCredits: standard}
disableAPIStop: true
disableAPITermination: true
ebsOptimized: true
elasticGPUSpecification: [{type: eg1.medium}]
elasticInferenceAccelerators: [{count: 1, type_: eia1.medium}]
enclaveOptions: {enabled: false}
hibernationOptions: {configured: true}
iamInstanceProfile: {arn: "arn:p", name: p}
instanceInitiatedShutdownBehavior: terminate
instanceMarketOptions: {marketType: spot, spotOptions: {blockDurationMinutes: 60, instanceInterruptionBehavior: stop, maxPrice: "0.1", spotInstanceType: persistent, validUntil: "2026-01-02T03:04:05Z"}}
ipv6AddressCount: 1
ipv6Addresses: [{ipv6Address: "2001:db8::1"}]
kernelID: aki-1
keyName: k
launchTemplate: {launchTemplateID: lt-1, launchTemplateName: web, version: "2"}
licenseSpecifications: [{licenseConfigurationARN: "arn:l"}]
maintenanceOptions: {autoRecovery: disabled}
metadataOptions: {httpEndpoint: enabled, httpProtocolIPv6: enabled, httpPutResponseHopLimit: 2, httpTokens: required, instanceMetadataTags: enabled}
monitoring: {enabled: true}
networkInterfaces:
  - {associateCarrierIPAddress: true, associatePublicIPAddress: true, deleteOnTermination: true, description: d, deviceIndex: 0, interfaceType: efa, ipv4PrefixCount: 1,
     ipv4Prefixes: [{ipv4Prefix: 10.0.0.0/28}], ipv6AddressCount: 1, ipv6Addresses: [{ipv6Address: "2001:db8::2"}], ipv6PrefixCount: 1, ipv6Prefixes: [{ipv6Prefix: "2001:db8::/80"}],
     networkCardIndex: 1, networkInterfaceID: eni-1, privateIPAddress: 10.0.0.5, privateIPAddresses: [{primary: true, privateIPAddress: 10.0.0.6}], secondaryPrivateIPAddressCount: 1, subnetID: subnet-2}
placement: {affinity: host, availabilityZone: eu-west-1a, groupName: g, hostID: h, hostResourceGroupARN: "arn:h", partitionNumber: 1, spreadDomain: s, tenancy: host}
privateDNSNameOptions: {enableResourceNameDNSAAAARecord: true, enableResourceNameDNSARecord: true, hostnameType: resource-name}
privateIPAddress: 10.0.0.7
ramDiskID: ari-1
securityGroupIDs: [sg-1]
securityGroups: [web]
subnetID: subnet-1
userData: "aGVs\nbG8=\n"
minCount: 2
maxCount: 3
`

// Every field of the spec is in the request under the SDK's name, with its value; the request asks
// for one instance.
func TestInstanceRequestHasEveryField(t *testing.T) {
	want := spec[ec2v1alpha1.InstanceSpec](t, everyField)
	step := planInstanceCreate(want, kind.Making{Tags: map[string]string{"a": "1"}, Token: "tok"})
	var wanted, got map[string]any
	if err := yaml.Unmarshal([]byte(everyField), &wanted); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(step.Input, &got); err != nil {
		t.Fatal(err)
	}
	wanted["mincount"], wanted["maxcount"], wanted["clienttoken"], wanted["userdata"] = 1.0, 1.0, "tok", "aGVsbG8="
	wanted["tagspecifications"] = []any{map[string]any{"resourcetype": "instance", "tags": []any{map[string]any{"key": "a", "value": "1"}}}}
	for _, key := range []string{"minCount", "maxCount", "userData"} {
		delete(wanted, key)
	}
	if diff := cmp.Diff(lower(wanted), lower(got)); diff != "" {
		t.Errorf("request by lower-case names (-spec +request):\n%s", diff)
	}
	if strings.Contains(step.Summary, "aGVs") || step.Summary != "run a t3.micro from ami-1 in subnet-1" {
		t.Errorf("summary %q", step.Summary)
	}
}

// lower spells the names of fields in lower case, and leaves out the enums that the SDK writes
// although they are empty.
func lower(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, child := range v {
			if key = strings.TrimSuffix(strings.ToLower(key), "_"); child != "" || key == "nodevice" {
				out[key] = lower(child)
			}
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, child := range v {
			out = append(out, lower(child))
		}
		return out
	}
	return v
}

func TestInstanceRequests(t *testing.T) {
	want := spec[ec2v1alpha1.InstanceSpec](t, `{imageID: ami-1, disableAPIStop: true, instanceType: t3.large, userData: c2VjcmV0, securityGroupIDs: [sg-2],
		blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {deleteOnTermination: false}}], iamInstanceProfile: {name: x}, metadataOptions: {httpTokens: required},
		creditSpecification: {cpuCredits: standard}, maintenanceOptions: {autoRecovery: disabled}, monitoring: {enabled: true}, cpuOptions: {threadsPerCore: 1},
		privateDNSNameOptions: {enableResourceNameDNSARecord: true}, enclaveOptions: {enabled: true}, placement: {tenancy: host},
		capacityReservationSpecification: {capacityReservationTarget: {capacityReservationID: cr-1}}}`)
	steps := instanceKind.Draft(want, gotInstance(attributes), kind.Case{ID: "i-1", Tags: map[string]string{"env": "dev"}}).Steps
	protected := gotInstance(func(s *instance) { s.DisableAPITermination, s.unprotect = &[]bool{true}[0], true })
	var got []string
	for _, step := range append(steps, unplanInstance(protected)...) {
		got = append(got, step.Verb+" "+string(step.Input))
		if strings.Contains(step.Summary+step.Path, "c2Vj") {
			t.Errorf("%s shows the user data", step.Summary)
		}
	}
	if diff := cmp.Diff([]string{
		`ModifyAttribute {"DisableApiStop":{"Value":true},"InstanceId":"i-1"}`,
		`ModifyAttribute {"InstanceId":"i-1","InstanceType":{"Value":"t3.large"}}`,
		`ModifyAttribute {"InstanceId":"i-1","UserData":{"Value":"c2VjcmV0"}}`,
		`ModifyAttribute {"Groups":["sg-2"],"InstanceId":"i-1"}`,
		`ModifyAttribute {"BlockDeviceMappings":[{"DeviceName":"/dev/xvda","Ebs":{"DeleteOnTermination":false}}],"InstanceId":"i-1"}`,
		`AssociateIamInstanceProfile {"IamInstanceProfile":{"Name":"x"},"InstanceId":"i-1"}`,
		`ModifyMetadataOptions {"HttpTokens":"required","InstanceId":"i-1"}`,
		`ModifyCreditSpecification {"InstanceCreditSpecifications":[{"CpuCredits":"standard","InstanceId":"i-1"}]}`,
		`ModifyMaintenanceOptions {"AutoRecovery":"disabled","InstanceId":"i-1"}`,
		`Monitor {"InstanceIds":["i-1"]}`,
		`ModifyPrivateDnsNameOptions {"EnableResourceNameDnsARecord":true,"InstanceId":"i-1"}`,
		`ModifyAttribute {"EnclaveOptions":{"Enabled":true},"InstanceId":"i-1"}`,
		`ModifyPlacement {"InstanceId":"i-1","Tenancy":"host"}`,
		`ModifyCpuOptions {"CoreCount":1,"InstanceId":"i-1","ThreadsPerCore":1}`,
		`ModifyCapacityReservationAttributes {"CapacityReservationSpecification":{"CapacityReservationTarget":{"CapacityReservationId":"cr-1"}},"InstanceId":"i-1"}`,
		`ModifyAttribute {"DisableApiTermination":{"Value":false},"InstanceId":"i-1"}`,
		`Delete {"InstanceIds":["i-1"]}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 Delete: terminate i-1"}, described(unplanInstance(gotInstance()))); diff != "" {
		t.Errorf("teardown (-want +got):\n%s", diff)
	}
	if step := planInstanceCreate(spec[ec2v1alpha1.InstanceSpec](t, `{launchTemplate: {launchTemplateID: lt-1}}`), kind.Making{}); step.Summary != "run an instance of a launch template" {
		t.Errorf("summary %q", step.Summary)
	}
}

func TestCheckInstance(t *testing.T) {
	const head = `imageID: ami-1, `
	long := strings.Repeat("AAAA", maxUserData/3+1)
	for text, want := range map[string][]string{
		head + `subnetRef: {from: {name: x}}, securityGroupIDs: [sg-1], iamInstanceProfile: {nameRef: {from: {name: x}}}, userData: "aGVs\nbG8=", blockDeviceMappings: [{deviceName: a, noDevice: ""}]`: nil,
		`launchTemplate: {launchTemplateRef: {from: {name: x}}}`: nil,
		head + `networkInterfaces: [{deviceIndex: 0, subnetID: s, privateIPAddresses: [{primary: true, privateIPAddress: 10.0.0.1}], ipv4Prefixes: [{ipv4Prefix: 10.0.0.0/28}]}]`: nil,
		``:                   {"spec.imageID: an instance needs an image: set imageID, or a launchTemplate that names one"},
		`launchTemplate: {}`: {"spec.launchTemplate: names no template: set launchTemplateID, launchTemplateName or launchTemplateRef"},
		`launchTemplate: {launchTemplateID: a, launchTemplateName: b}`:    {"spec.launchTemplate: names a template twice: remove launchTemplateID or launchTemplateName"},
		head + `userData: "#!secret"`:                                     {"spec.userData: is not base64: encode it, for example with base64 -w0"},
		head + `userData: ` + long:                                        {"spec.userData: has 16386 decoded bytes, AWS allows 16384: load the rest from elsewhere when the instance starts"},
		head + `iamInstanceProfile: {nameRef: {from: {name: x}}, arn: b}`: {"spec.iamInstanceProfile: AWS allows either name or arn: remove one"},
		head + `creditSpecification: {}`:                                  {"spec.creditSpecification.cpuCredits: is empty: set standard or unlimited"},
		head + `metadataOptions: {httpPutResponseHopLimit: 65}`: {
			"spec.metadataOptions.httpPutResponseHopLimit: 65: AWS allows 1 to 64",
		},
		head + `hibernationOptions: {configured: true}, enclaveOptions: {enabled: true}`: {
			"spec.enclaveOptions.enabled: AWS allows no enclaves with hibernation: remove this field or hibernationOptions",
		},
		head + `blockDeviceMappings: [{deviceName: a}, {deviceName: c, ebs: {volumeSize: 0}}]`: {
			"spec.blockDeviceMappings[1].ebs.volumeSize: 0: a volume has at least 1 GiB",
		},
		head + `privateIPAddress: "::1", ipv6Addresses: [{ipv6Address: 10.0.0.1}], ipv6AddressCount: 1, securityGroupIDs: [""], securityGroups: ["", a], subnetID: s`: {
			`spec.privateIPAddress: "::1" is not an IPv4 address`, "spec.ipv6AddressCount: AWS allows a count or addresses: remove this field or ipv6Addresses",
			`spec.ipv6Addresses[0].ipv6Address: "10.0.0.1" is not an IPv6 address`, "spec.securityGroupIDs[0]: is empty", "spec.securityGroups[0]: is empty",
			"spec.securityGroups: AWS allows names of groups only in a default VPC without a subnet: set securityGroupIDs",
		},
		head + `networkInterfaces: [{}], subnetID: s, securityGroupIDs: [sg-1], privateIPAddress: 10.0.0.1, ipv6AddressCount: 1`: {
			"spec.subnetID: AWS does not allow it together with networkInterfaces: remove one of the two",
			"spec.securityGroupIDs: AWS does not allow it together with networkInterfaces: remove one of the two",
			"spec.privateIPAddress: AWS does not allow it together with networkInterfaces: remove one of the two",
			"spec.ipv6AddressCount: AWS does not allow it together with networkInterfaces: remove one of the two",
			"spec.networkInterfaces[0].deviceIndex: is missing: set it, 0 for the first interface",
		},
		head + `networkInterfaces: [{deviceIndex: 0, privateIPAddress: x}, {deviceIndex: 0, ipv6Prefixes: [{ipv6Prefix: x}],
			privateIPAddresses: [{primary: true, privateIPAddress: x}, {primary: true, privateIPAddress: 10.0.0.1}]}]`: {
			`spec.networkInterfaces[0].privateIPAddress: "x" is not an IPv4 address`,
			"spec.networkInterfaces[1].deviceIndex: 0 is used twice",
			`spec.networkInterfaces[1].privateIPAddresses[0].privateIPAddress: "x" is not an IPv4 address`,
			"spec.networkInterfaces[1].privateIPAddresses: 2 addresses are primary; AWS allows one",
			`spec.networkInterfaces[1].ipv6Prefixes[0].ipv6Prefix: "x" is not a CIDR block`,
		},
		head + `cpuOptions: {coreCount: 3000000000}, networkInterfaces: [{deviceIndex: -1}]`: {
			"spec.cpuOptions.coreCount: 3000000000: AWS allows numbers of 32 bits",
		},
	} {
		t.Run(text[:min(len(text), 100)], func(t *testing.T) {
			if diff := cmp.Diff(want, said(checkInstance(spec[ec2v1alpha1.InstanceSpec](t, "{"+text+"}")))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
