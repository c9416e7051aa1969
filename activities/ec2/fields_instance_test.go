package ec2

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

// Reasons for fields of instances.
const (
	notOfTheInstance = "AWS shows and changes it at the volume, the interface or the spot request, not at the instance"
	oneInstance      = "an object is one instance"
	withdrawn        = "AWS offers it no more, and shows it by another name"
)

func TestFieldsOfInstances(t *testing.T) {
	change, unsent, unplanned := map[string]string{}, map[string]string{}, map[string]string{}
	// below adds rows for the fields of an object, or of the items of a list.
	below := func(path, format string, values map[string]string) {
		for name, value := range values {
			change[path+"."+name] = fmt.Sprintf(format, name+": "+value)
		}
	}
	for name, value := range map[string]string{
		"disableAPIStop": "true", "disableAPITermination": "true", "ebsOptimized": "true", "imageID": "ami-2", "instanceInitiatedShutdownBehavior": "terminate",
		"instanceType": "t3.large", "ipv6AddressCount": "2", "kernelID": "aki-1", "keyName": "other", "maxCount": "2", "minCount": "2", "privateIPAddress": "10.0.1.9",
		"ramDiskID": "ari-1", "securityGroupIDs[]": "[sg-2]", "securityGroups[]": "[db]", "sourceDestCheckEnabled": "false", "subnetID": "subnet-2",
		"subnetRef": ref, "securityGroupRefs[]": "[" + ref + "]", "userData": "c2VjcmV0",
	} {
		change[name] = "{" + strings.TrimSuffix(name, "[]") + ": " + value + "}"
	}
	below("blockDeviceMappings[]", `{blockDeviceMappings: [{deviceName: /dev/xvda, %s}]}`, map[string]string{"noDevice": `""`, "virtualName": "ephemeral0"})
	change["blockDeviceMappings[].deviceName"] = `{blockDeviceMappings: [{deviceName: /dev/xvdz}]}`
	below("blockDeviceMappings[].ebs", `{blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {%s}}]}`, map[string]string{
		"deleteOnTermination": "false", "encrypted": "true", "iops": "3000", "kmsKeyID": "k", "outpostARN": "o", "snapshotID": "s", "throughput": "125", "volumeSize": "9", "volumeType": "gp3",
	})
	below("capacityReservationSpecification", `{capacityReservationSpecification: {%s}}`, map[string]string{"capacityReservationPreference": "none"})
	below("capacityReservationSpecification.capacityReservationTarget", `{capacityReservationSpecification: {capacityReservationTarget: {%s}}}`, map[string]string{"capacityReservationID": "cr-1", "capacityReservationResourceGroupARN": "a"})
	below("cpuOptions", `{cpuOptions: {%s}}`, map[string]string{"coreCount": "2", "nestedVirtualization": "enabled", "threadsPerCore": "1"})
	below("creditSpecification", `{creditSpecification: {%s}}`, map[string]string{"cpuCredits": "standard"})
	below("elasticGPUSpecification[]", `{elasticGPUSpecification: [{%s}]}`, map[string]string{"type": "eg1"})
	below("elasticInferenceAccelerators[]", `{elasticInferenceAccelerators: [{%s}]}`, map[string]string{"count": "1, type_: eia1", "type_": "eia1"})
	below("enclaveOptions", `{enclaveOptions: {%s}}`, map[string]string{"enabled": "true"})
	below("hibernationOptions", `{hibernationOptions: {%s}}`, map[string]string{"configured": "true"})
	below("iamInstanceProfile", `{iamInstanceProfile: {%s}}`, map[string]string{"arn": "a", "name": "n", "nameRef": ref})
	below("instanceMarketOptions", `{instanceMarketOptions: {%s}}`, map[string]string{"marketType": "spot"})
	below("instanceMarketOptions.spotOptions", `{instanceMarketOptions: {spotOptions: {%s}}}`, map[string]string{
		"blockDurationMinutes": "60", "instanceInterruptionBehavior": "stop", "maxPrice": `"0.1"`, "spotInstanceType": "persistent", "validUntil": `"2026-01-02T03:04:05Z"`,
	})
	below("ipv6Addresses[]", `{ipv6Addresses: [{%s}]}`, map[string]string{"ipv6Address": `"2001:db8::9"`})
	below("launchTemplate", `{launchTemplate: {%s}}`, map[string]string{"launchTemplateID": "lt-2", "launchTemplateName": "n", "launchTemplateRef": ref, "version": `"2"`})
	below("licenseSpecifications[]", `{licenseSpecifications: [{%s}]}`, map[string]string{"licenseConfigurationARN": "l"})
	below("maintenanceOptions", `{maintenanceOptions: {%s}}`, map[string]string{"autoRecovery": "disabled"})
	below("metadataOptions", `{metadataOptions: {%s}}`, map[string]string{
		"httpEndpoint": "disabled", "httpProtocolIPv6": "enabled", "httpPutResponseHopLimit": "2", "httpTokens": "required", "instanceMetadataTags": "enabled",
	})
	below("monitoring", `{monitoring: {%s}}`, map[string]string{"enabled": "true"})
	const eni = "networkInterfaces[]"
	below(eni, `{networkInterfaces: [{deviceIndex: 0, %s}]}`, map[string]string{
		"associateCarrierIPAddress": "true", "associatePublicIPAddress": "true", "deleteOnTermination": "true", "description": "other", "interfaceType": "efa",
		"ipv4PrefixCount": "1", "ipv6AddressCount": "2", "ipv6PrefixCount": "1",
		"networkCardIndex": "1", "networkInterfaceID": "eni-2", "privateIPAddress": "10.0.1.9",
		"secondaryPrivateIPAddressCount": "1", "subnetID": "subnet-2",
	})
	change[eni+".deviceIndex"] = `{networkInterfaces: [{deviceIndex: 3}]}`
	for name, item := range map[string]string{
		"ipv4Prefixes[].ipv4Prefix": "10.0.1.0/28", "ipv6Addresses[].ipv6Address": `"2001:db8::9"`, "ipv6Prefixes[].ipv6Prefix": `"2001:db8::/80"`,
		"privateIPAddresses[].primary": "true", "privateIPAddresses[].privateIPAddress": "10.0.1.9",
	} {
		list, field, _ := strings.Cut(name, "[].")
		change[eni+"."+name] = fmt.Sprintf(`{networkInterfaces: [{deviceIndex: 0, %s: [{%s: %s}]}]}`, list, field, item)
	}
	below("placement", `{placement: {%s}}`, map[string]string{
		"affinity": "host", "availabilityZone": "eu-west-1b", "groupName": "g", "hostID": "h", "hostResourceGroupARN": "a", "partitionNumber": "1", "spreadDomain": "s", "tenancy": "host",
	})
	below("privateDNSNameOptions", `{privateDNSNameOptions: {%s}}`, map[string]string{
		"enableResourceNameDNSAAAARecord": "true", "enableResourceNameDNSARecord": "true", "hostnameType": "resource-name",
	})
	unsent["minCount"], unsent["maxCount"], unplanned["minCount"], unplanned["maxCount"] = oneInstance, oneInstance, oneInstance, oneInstance
	unsent["sourceDestCheckEnabled"] = "the launch does not take it: it is changed when the instance runs"
	unplanned["launchTemplate.launchTemplateName"] = notShown
	for _, path := range []string{"elasticGPUSpecification[].type", "elasticInferenceAccelerators[].count", "elasticInferenceAccelerators[].type_"} {
		unplanned[path] = withdrawn
	}
	for _, name := range []string{"deviceName", "noDevice", "virtualName", "ebs.encrypted", "ebs.iops", "ebs.kmsKeyID", "ebs.outpostARN", "ebs.snapshotID", "ebs.throughput", "ebs.volumeSize", "ebs.volumeType"} {
		unplanned["blockDeviceMappings[]."+name] = notOfTheInstance
	}
	for _, name := range []string{"blockDurationMinutes", "instanceInterruptionBehavior", "maxPrice", "spotInstanceType", "validUntil"} {
		unplanned["instanceMarketOptions.spotOptions."+name] = notOfTheInstance
	}
	for _, name := range []string{
		"associateCarrierIPAddress", "associatePublicIPAddress", "deleteOnTermination", "interfaceType", "ipv4PrefixCount", "ipv4Prefixes[].ipv4Prefix", "ipv6PrefixCount", "ipv6Prefixes[].ipv6Prefix",
		"networkCardIndex", "privateIPAddresses[].primary", "privateIPAddresses[].privateIPAddress", "secondaryPrivateIPAddressCount",
	} {
		unplanned[eni+"."+name] = notOfTheInstance
	}
	unread := map[string]string{
		"maxCount": oneInstance, "minCount": oneInstance, "userData": "it may hold secrets, and a spec without it changes nothing",
		"securityGroups[]": "the ids name the groups", "iamInstanceProfile.name": "the ARN names it", "ipv6AddressCount": "the addresses exclude it", "launchTemplate.launchTemplateName": notShown,
	}
	for path := range change {
		if strings.HasPrefix(path, eni) {
			unread[path] = "AWS accepts no interfaces beside the network fields of the instance"
		} else if reason := unplanned[path]; reason == notOfTheInstance && path != "blockDeviceMappings[].deviceName" || reason == withdrawn {
			unread[path] = reason
		}
	}
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.InstanceSpec, instance]{
		Kind:   Instance(),
		Base:   `{imageID: ami-1, tags: [{key: env, value: dev}]}`,
		Change: change, Unsent: unsent, Unplanned: unplanned,
		ID: "i-1", Got: gotInstance(attributes), Whole: wholeInstance(), Described: []*instance{gotInstance(), gotInstance(attributes), describable()},
		Unread: unread,
		Refused: []string{
			`{}`, `{imageID: a, launchTemplate: {launchTemplateID: a, launchTemplateName: b}}`, `{launchTemplate: {}}`,
			`{imageID: a, userData: "#"}`, `{imageID: a, iamInstanceProfile: {name: a, arn: b}}`,
			`{imageID: a, metadataOptions: {httpPutResponseHopLimit: 65, instanceMetadataTags: enabled}, tags: [{key: a/b}]}`,
			`{imageID: a, creditSpecification: {}, hibernationOptions: {configured: true}, enclaveOptions: {enabled: true}}`,
			`{imageID: a, blockDeviceMappings: [{ebs: {volumeSize: 0, iops: 3000000000}}]}`,
			`{imageID: a, privateIPAddress: x, ipv6AddressCount: 1, ipv6Addresses: [{ipv6Address: x}], securityGroupIDs: [""], securityGroups: [""], subnetID: s,
				networkInterfaces: [{}, {deviceIndex: 0}, {deviceIndex: 0, privateIPAddresses: [{primary: true}, {primary: true}],
				ipv4Prefixes: [{}], ipv6Prefixes: [{ipv6Prefix: x}]}]}`,
		},
	}.Run(t)
}

// ref is a reference in YAML.
const ref = `{from: {name: x}}`

// wholeInstance has everything that AWS can show of an instance.
func wholeInstance() *instance {
	return gotInstance(ended("c"), func(s *instance) {
		s.BootMode, s.CapacityReservationId, s.Hypervisor, s.InstanceLifecycle = types.BootModeValuesUefi, aws.String("cr-1"), types.HypervisorTypeXen, types.InstanceLifecycleTypeSpot
		s.ElasticGpuAssociations = []types.ElasticGpuAssociation{{
			ElasticGpuAssociationId: aws.String("a"), ElasticGpuAssociationState: aws.String("b"), ElasticGpuAssociationTime: aws.String("c"), ElasticGpuId: aws.String("d"),
		}}
		s.ElasticInferenceAcceleratorAssociations = []types.ElasticInferenceAcceleratorAssociation{{
			ElasticInferenceAcceleratorArn: aws.String("a"), ElasticInferenceAcceleratorAssociationId: aws.String("b"),
			ElasticInferenceAcceleratorAssociationState: aws.String("c"), ElasticInferenceAcceleratorAssociationTime: &launched,
		}}
		s.Ipv6Address, s.Licenses = aws.String("2001:db8::5"), []types.LicenseConfiguration{{LicenseConfigurationArn: aws.String("l")}}
		s.OutpostArn, s.Platform, s.PlatformDetails = aws.String("o"), types.PlatformValuesWindows, aws.String("p")
		s.ProductCodes = []types.ProductCode{{ProductCodeId: aws.String("a"), ProductCodeType: types.ProductCodeValuesMarketplace}}
		s.PublicDnsName, s.PublicIpAddress, s.RootDeviceName, s.RootDeviceType = aws.String("d"), aws.String("203.0.113.9"), aws.String("/dev/xvda"), types.DeviceTypeEbs
		s.SpotInstanceRequestId, s.SriovNetSupport, s.StateTransitionReason = aws.String("sir-1"), aws.String("simple"), aws.String("r")
		s.State.Code = aws.Int32(48)
		s.TpmSupport, s.UsageOperation, s.UsageOperationUpdateTime, s.VirtualizationType = aws.String("v2.0"), aws.String("RunInstances"), &launched, types.VirtualizationTypeHvm
	})
}
