package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func capacityReservation() kind {
	return kind{
		name: "CapacityReservation", doc: "API_CapacityReservation", about: "a reservation of capacity for instances", id: "capacityReservationID",
		input: reflect.TypeFor[ec2.CreateCapacityReservationInput](), output: reflect.TypeFor[types.CapacityReservation](),
		fields: map[string]string{
			"spec.additionalInfo":                    "is reserved by AWS, which does not show it. Tack does not send it.",
			"spec.availabilityZone":                  "is the name of the zone. AWS cannot change it later.",
			"spec.availabilityZoneID":                "is the id of the zone, instead of its name. AWS cannot change it later.",
			"spec.commitmentDuration":                "is for how many seconds a future-dated reservation stays active at least. AWS cannot change it later.",
			"spec.deliveryPreference":                "is incremental for a future-dated reservation. AWS cannot change it later.",
			"spec.ebsOptimized":                      "says whether the instances are optimized for EBS. AWS cannot change it later.",
			"spec.endDate":                           "is when the reservation expires, within an hour. An expired one is made again only with a later date.",
			"spec.endDateType":                       "is unlimited, the default, or limited, which needs an end date.",
			"spec.ephemeralStorage":                  "is deprecated by AWS, which cannot change it later.",
			"spec.instanceCount":                     "is the number of instances, from 1 to 1000.",
			"spec.instanceMatchCriteria":             "is open, or targeted for instances that name the reservation. AWS changes it while no instance uses the reservation.",
			"spec.instancePlatform":                  "is the operating system, such as Linux/UNIX. AWS cannot change it later.",
			"spec.instanceType":                      "is the type of the instances. AWS cannot change it later.",
			"spec.outpostARN":                        "is the ARN of the Outpost. AWS cannot change it later.",
			"spec.placementGroupARN":                 "is the ARN of the cluster placement group. AWS cannot change it later.",
			"spec.startDate":                         "is when a future-dated reservation starts. AWS changes it only with a quote, which Tack does not ask for.",
			"spec.tenancy":                           "is default or dedicated. AWS cannot change it later.",
			"status.availableInstanceCount":          "is the number of instances that still fit, at the last look.",
			"status.capacityAllocations":             "says how much capacity is used.",
			"status.capacityReservationFleetID":      "is the id of the fleet of the reservation.",
			"status.commitmentInfo":                  "says until when AWS keeps the reservation active.",
			"status.createDate":                      "is when AWS created the reservation.",
			"status.reservationType":                 "is default, or capacity-block.",
			"status.state":                           "is the state of the reservation. An expired, cancelled or failed one reserves nothing.",
			"status.totalInstanceCount":              "is the number of reserved instances.",
			"status.unusedReservationBillingOwnerID": "is the account that pays for unused capacity.",
		},
	}
}
