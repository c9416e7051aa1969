package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func instance() kind {
	return kind{
		name: "Instance", doc: "API_Instance", about: "a virtual machine", id: "instanceID",
		input: reflect.TypeFor[ec2.RunInstancesInput](), output: reflect.TypeFor[types.Instance](),
		secrets: []string{"userData"}, lateInitialized: []string{"hibernationOptions", "sourceDestCheckEnabled"},
		references: []reference{
			{path: "subnetRef", into: "subnetID", kind: "ec2.Subnet"},
			{path: "securityGroupRefs[]", into: "securityGroupIDs", kind: "ec2.SecurityGroup"},
			{path: "iamInstanceProfile.nameRef", into: "name", kind: "iam.InstanceProfile", named: true},
			{path: "launchTemplate.launchTemplateRef", into: "launchTemplateID", kind: "ec2.LaunchTemplate"},
		},
		fields: map[string]string{
			"spec.blockDeviceMappings":               "lists the volumes. On a running instance AWS changes only whether a volume is deleted with it.",
			"spec.capacityReservationSpecification":  "says which reserved capacity to use. Tack changes it while the instance is stopped.",
			"spec.cpuOptions":                        "says how many cores and threads to use. Tack changes them while the instance is stopped.",
			"spec.creditSpecification":               "says how a burstable instance pays for CPU.",
			"spec.disableAPIStop":                    "protects the instance from a stop by an API call.",
			"spec.disableAPITermination":             "protects the instance from termination by an API call. The deletion of the object waits until it is false.",
			"spec.ebsOptimized":                      "says whether the instance has dedicated bandwidth to its volumes. Tack changes it while the instance is stopped.",
			"spec.elasticGPUSpecification":           "lists elastic graphics accelerators, which AWS no longer offers.",
			"spec.elasticInferenceAccelerators":      "lists elastic inference accelerators, which AWS no longer offers.",
			"spec.enclaveOptions":                    "says whether the instance may have enclaves. Tack changes it while the instance is stopped.",
			"spec.hibernationOptions":                "says whether the instance may hibernate. AWS cannot change it later.",
			"spec.iamInstanceProfile":                "names the instance profile, by its name or by its ARN.",
			"spec.imageID":                           "is the ID of the image. AWS cannot change it later.",
			"spec.instanceInitiatedShutdownBehavior": "says whether a shutdown from inside stops or terminates the instance.",
			"spec.instanceMarketOptions":             "says whether this is a spot instance. AWS cannot change it later.",
			"spec.instanceType":                      "is the hardware, for example t3.micro. Tack changes it while the instance is stopped.",
			"spec.ipv6AddressCount":                  "is the number of IPv6 addresses that AWS chooses at launch.",
			"spec.ipv6Addresses":                     "lists the IPv6 addresses to assign at launch.",
			"spec.kernelID":                          "is the ID of the kernel, for old images. Tack changes it while the instance is stopped.",
			"spec.keyName":                           "is the name of the key pair for login. AWS cannot change it later.",
			"spec.launchTemplate":                    "names the template for the values that the spec omits. AWS cannot change it later.",
			"spec.licenseSpecifications":             "lists the license configurations.",
			"spec.maxCount":                          "is always treated as 1: an object is one instance.",
			"spec.metadataOptions":                   "says how the instance can use the metadata service.",
			"spec.minCount":                          "is always treated as 1: an object is one instance.",
			"spec.monitoring":                        "says whether AWS records metrics every minute.",
			"spec.networkInterfaces":                 "lists the network interfaces. The default is one interface in the subnet. AWS cannot change it later.",
			"spec.placement":                         "says where the instance runs. Tack changes it while the instance is stopped, except for the zone.",
			"spec.privateDNSNameOptions":             "says how the host name is formed and which DNS records it gets.",
			"spec.privateIPAddress":                  "is the private IPv4 address. AWS cannot change it later.",
			"spec.ramDiskID":                         "is the ID of the RAM disk, for old images. Tack changes it while the instance is stopped.",
			"spec.securityGroupIDs":                  "lists the IDs of the security groups.",
			"spec.securityGroups":                    "lists the names of the security groups, in a default VPC. Change them through securityGroupIDs only.",
			"spec.sourceDestCheckEnabled":            "says whether AWS drops packets from and to other addresses. Set it to false for a router.",
			"spec.subnetID":                          "is the ID of the subnet. The default is a default subnet. AWS cannot change it later.",
			"spec.userData":                          "is the data that the instance reads at its start, in base64, at most 16 KiB. Tack changes it while the instance is stopped.",
			"status.amiLaunchIndex":                  "is the position of the instance in its launch.",
			"status.elasticGPUAssociations":          "lists the elastic graphics accelerators.",
			"status.enaSupport":                      "says whether enhanced networking with ENA is on.",
			"status.instanceLifecycle":               "is the purchase option, unless the instance is on demand.",
			"status.sourceDestCheck":                 "says whether AWS drops packets from and to other addresses.",
			"status.spotInstanceRequestID":           "is the ID of the spot instance request.",
			"status.sriovNetSupport":                 "says whether enhanced networking with the Intel 82599 interface is on.",
			"status.state":                           "is the state of the instance.",
			"status.stateReason":                     "says why the instance is in its state.",
			"status.stateTransitionReason":           "says who changed the state last.",
			"status.usageOperation":                  "is the billed operation.",
		},
	}
}
