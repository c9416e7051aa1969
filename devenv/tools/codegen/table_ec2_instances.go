package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func instance() kind {
	return kind{
		name: "Instance", emit: true, doc: "API_Instance", about: "a virtual machine", id: "instanceID",
		input: reflect.TypeFor[ec2.RunInstancesInput](), output: reflect.TypeFor[types.Instance](),
		secrets: []string{"userData"}, late: []string{"hibernationOptions", "sourceDestCheckEnabled"},
		references: []reference{
			{path: "subnetRef", into: "subnetID", kind: "ec2.Subnet"},
			{path: "securityGroupRefs[]", into: "securityGroupIDs", kind: "ec2.SecurityGroup"},
			{path: "iamInstanceProfile.nameRef", into: "name", kind: "iam.InstanceProfile", from: "spec.name"},
			{path: "launchTemplate.launchTemplateRef", into: "launchTemplateID", kind: "ec2.LaunchTemplate"},
		},
		fields: map[string]string{
			"spec.blockDeviceMappings":               "lists the volumes. Of a running instance AWS changes only whether they go with it.",
			"spec.capacityReservationSpecification":  "says which reserved capacity to use. It changes while the instance is stopped.",
			"spec.cpuOptions":                        "holds how many cores and threads to use. They change while the instance is stopped.",
			"spec.creditSpecification":               "says how a burstable instance pays for CPU.",
			"spec.disableAPIStop":                    "says whether the API may not stop the instance.",
			"spec.disableAPITermination":             "says whether the API may not terminate the instance; the deletion of the object then waits.",
			"spec.ebsOptimized":                      "says whether the instance has bandwidth of its own to its volumes. It changes while the instance is stopped.",
			"spec.elasticGPUSpecification":           "lists elastic graphics accelerators, which AWS offers no more.",
			"spec.elasticInferenceAccelerators":      "lists elastic inference accelerators, which AWS offers no more.",
			"spec.enclaveOptions":                    "says whether the instance may have enclaves. It changes while the instance is stopped.",
			"spec.hibernationOptions":                "says whether the instance may hibernate. AWS cannot change it later.",
			"spec.iamInstanceProfile":                "names the instance profile, by its name or by its ARN.",
			"spec.imageID":                           "is the ID of the image. AWS cannot change it later.",
			"spec.instanceInitiatedShutdownBehavior": "is what a shutdown from inside does to the instance.",
			"spec.instanceMarketOptions":             "says whether this is a spot instance. AWS cannot change it later.",
			"spec.instanceType":                      "is the hardware, for example t3.micro. It changes while the instance is stopped.",
			"spec.ipv6AddressCount":                  "is how many IPv6 addresses AWS chooses at the launch.",
			"spec.ipv6Addresses":                     "lists the IPv6 addresses to have from the launch on.",
			"spec.kernelID":                          "is the ID of the kernel, for old images. It changes while the instance is stopped.",
			"spec.keyName":                           "is the name of the key pair to log in with. AWS cannot change it later.",
			"spec.launchTemplate":                    "names the template from which comes what the spec leaves out. AWS cannot change it later.",
			"spec.licenseSpecifications":             "lists the license configurations.",
			"spec.maxCount":                          "counts as 1: an object is one instance.",
			"spec.metadataOptions":                   "says how the metadata service answers from inside the instance.",
			"spec.minCount":                          "counts as 1: an object is one instance.",
			"spec.monitoring":                        "says whether metrics come each minute.",
			"spec.networkInterfaces":                 "lists the network interfaces; without it, the instance gets one in its subnet. AWS cannot change it later.",
			"spec.placement":                         "says where the instance runs. It changes while the instance is stopped, but for the zone.",
			"spec.privateDNSNameOptions":             "holds what the host name is made of and which records it gets.",
			"spec.privateIPAddress":                  "is the private IPv4 address. AWS cannot change it later.",
			"spec.ramDiskID":                         "is the ID of the RAM disk, for old images. It changes while the instance is stopped.",
			"spec.securityGroupIDs":                  "lists the IDs of the security groups.",
			"spec.securityGroups":                    "lists the names of the security groups, in a default VPC; AWS changes them by securityGroupIDs only.",
			"spec.sourceDestCheckEnabled":            "says whether packets from and to others are dropped. Turn it off for a router.",
			"spec.subnetID":                          "is the ID of the subnet; without it, a default one. AWS cannot change it later.",
			"spec.userData":                          "is what the instance gets at its start, in base64, 16 KiB at the most. It changes while the instance is stopped.",
			"status.amiLaunchIndex":                  "is the number of the instance within its launch.",
			"status.elasticGPUAssociations":          "lists the elastic graphics accelerators.",
			"status.enaSupport":                      "says whether enhanced networking with ENA is on.",
			"status.instanceLifecycle":               "says how the instance was bought, if not on demand.",
			"status.sourceDestCheck":                 "says whether packets from and to others are dropped.",
			"status.spotInstanceRequestID":           "is the ID of the request of a spot instance.",
			"status.sriovNetSupport":                 "says whether enhanced networking with the Intel 82599 interface is on.",
			"status.stateReason":                     "says why the instance is in its state.",
			"status.stateTransitionReason":           "says who changed the state last.",
			"status.usageOperation":                  "is the operation that is billed.",
		},
	}
}
