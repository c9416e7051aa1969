package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func launchTemplate() kind {
	return kind{
		name: "LaunchTemplate", doc: "API_LaunchTemplate", about: "a set of parameters for new instances", id: "id",
		input: reflect.TypeFor[ec2.CreateLaunchTemplateInput](), output: reflect.TypeFor[types.LaunchTemplate](),
		secrets: []string{"data.userData"},
		types:   map[string]reflect.Type{"spec.data": reflect.TypeFor[types.RequestLaunchTemplateData]()},
		fields: map[string]string{
			"spec.data":               "holds the parameters. Tack makes a new version for each change of them.",
			"spec.defaultVersion":     "is the number of the version for instances that name none. AWS makes the first version the default.",
			"spec.name":               "is the name of the template, unique in its account and Region. AWS cannot change it later.",
			"status.createdBy":        "is the ARN of who created the template.",
			"status.latestVersion":    "is the number of the latest version.",
			"status.operator":         "says which AWS service manages the template, if any.",
			"spec.versionDescription": "describes the latest version. A new description makes a new version.",
		},
	}
}

// launchTemplateShapes describes fields of the data of launch templates.
func launchTemplateShapes() map[string]string {
	of := map[string]string{}
	for shape, fields := range map[string]map[string]string{
		"InstanceRequirementsRequest": {
			"acceleratorTotalMemoryMiB":                      "bounds the memory of all accelerators, in MiB.",
			"allowedInstanceTypes":                           "lists the types to choose from; a pattern may contain *. It excludes excludedInstanceTypes.",
			"bareMetal":                                      "says whether to choose bare metal types. The default is excluded.",
			"baselineEBSBandwidthMbps":                       "bounds the bandwidth to EBS volumes, in Mbps.",
			"baselinePerformanceFactors":                     "names types whose performance the chosen types must reach.",
			"burstablePerformance":                           "says whether to choose burstable types. The default is excluded.",
			"excludedInstanceTypes":                          "lists types not to choose; a pattern may contain *.",
			"localStorage":                                   "says whether to choose types with instance store volumes. The default is included.",
			"maxSpotPriceAsPercentageOfOptimalOnDemandPrice": "is the highest spot price, as a percentage of the on-demand price of the cheapest current type.",
			"memoryGiBPerVCPU":                               "bounds the memory per vCPU, in GiB.",
			"memoryMiB":                                      "bounds the memory, in MiB. AWS requires its min.",
			"networkBandwidthGbps":                           "bounds the network bandwidth, in Gbps.",
			"onDemandMaxPricePercentageOverLowestPrice":      "is how far the on-demand price may exceed the lowest one, in percent. The default is 20.",
			"requireHibernateSupport":                        "says whether the type must support hibernation.",
			"spotMaxPricePercentageOverLowestPrice":          "is how far the spot price may exceed the lowest one, in percent. The default is 100.",
			"totalLocalStorageGB":                            "bounds the size of all instance store volumes, in GB.",
			"vCPUCount":                                      "bounds the number of vCPUs. AWS requires its min.",
		},
		"RequestLaunchTemplateData": {
			"disableAPIStop":                    "protects the instance from a stop by an API call.",
			"disableAPITermination":             "protects the instance from termination by an API call.",
			"ebsOptimized":                      "says whether the instance has dedicated bandwidth to its volumes.",
			"elasticGPUSpecifications":          "lists elastic graphics accelerators, which AWS no longer offers.",
			"elasticInferenceAccelerators":      "lists elastic inference accelerators, which AWS no longer offers.",
			"instanceInitiatedShutdownBehavior": "says whether a shutdown from inside stops or terminates the instance.",
			"instanceRequirements":              "describes the hardware; AWS chooses the type. It excludes instanceType.",
			"securityGroups":                    "lists the names of the security groups, in a default VPC.",
			"tagSpecifications":                 "lists the tags of what AWS creates at the launch.",
			"userData":                          "is the data that the instance reads at its start, in base64, at most 16 KiB.",
		},
		"LaunchTemplateCPUOptionsRequest":                            {"amdSevSnp": "says whether AMD encrypts the memory of the instance."},
		"LaunchTemplateInstanceNetworkInterfaceSpecificationRequest": {"primaryIPv6": "says whether the first IPv6 address stays the primary one.", "groups": "lists the IDs of the security groups."},
		"CPUPerformanceFactorRequest":                                {"references": "names the instance families to compare with."},
		"BaselinePerformanceFactorsRequest":                          {"cpu": "is the performance of the CPU."},
		"LaunchTemplateCapacityReservationSpecificationRequest":      {"capacityReservationTarget": "names the reservation to use."},
		"OperatorResponse":                                           {"managed": "says whether an AWS service manages the resource.", "principal": "is the service that manages it."},
	} {
		for field, text := range fields {
			of[shape+"."+field] = text
		}
	}
	return of
}
