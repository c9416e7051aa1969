package main

import (
	"fmt"
	"slices"
	"strings"
)

// maxValues is how many values of an enumeration a description lists.
const maxValues = 8

// everywhere describes fields that have one meaning in all places.
var everywhere = map[string]string{
	"ackResourceMetadata":             "identifies the resource in AWS.",
	"affinity":                        "says whether a stopped instance returns to its dedicated host.",
	"allocationID":                    "is the ID of the Elastic IP address.",
	"allocationRef":                   "names the ElasticIPAddress object whose id to use.",
	"associateCarrierIPAddress":       "says whether the interface gets a carrier IP address.",
	"associatePublicIPAddress":        "says whether the interface gets a public IPv4 address.",
	"autoRecovery":                    "says whether AWS moves the instance to other hardware after a hardware failure.",
	"availabilityZone":                "is the name of the Availability Zone.",
	"availabilityZoneID":              "is the ID of the Availability Zone.",
	"blockDurationMinutes":            "is the duration of a spot instance in minutes, which AWS no longer offers.",
	"bootMode":                        "is the firmware interface that the instance boots with.",
	"capacityReservationPreference":   "says which capacity reservations the instance may use.",
	"cidrIP":                          "is an IPv4 block, for example 10.0.0.0/8.",
	"cidrIPv4":                        "is an IPv4 block, for example 10.0.0.0/8.",
	"cidrIPv6":                        "is an IPv6 block, for example 2001:db8::/32.",
	"conditions":                      "lists the conditions of the object.",
	"coreCount":                       "is the number of CPU cores.",
	"cpuCredits":                      "is standard or unlimited.",
	"createDate":                      "is when AWS created the resource.",
	"createTime":                      "is when AWS created the resource.",
	"deleteOnTermination":             "says whether AWS deletes it with the instance.",
	"deleteTime":                      "is when AWS deleted the resource.",
	"description":                     "is a free-text description.",
	"deviceIndex":                     "is the position of the interface on its network card.",
	"deviceName":                      "is the name of the device, for example /dev/sdh.",
	"ebs":                             "describes the EBS volume.",
	"egressOnlyInternetGatewayID":     "is the ID of the egress-only internet gateway.",
	"enableResourceNameDNSAAAARecord": "says whether host names from instance ids get an AAAA record.",
	"enableResourceNameDNSARecord":    "says whether host names from instance ids get an A record.",
	"fromPort":                        "is the first port, or the ICMP type; -1 means all.",
	"gatewayRef":                      "names the InternetGateway object whose id to use.",
	"groupRef":                        "names the SecurityGroup object whose id to use.",
	"hostnameType":                    "is the form of host names.",
	"httpEndpoint":                    "says whether the instance can call the metadata service.",
	"httpProtocolIPv6":                "says whether the metadata service has an IPv6 address.",
	"httpPutResponseHopLimit":         "is how many network hops a token of the metadata service may travel.",
	"httpTokens":                      "says whether calls to the metadata service need a session token.",
	"id":                              "is the ID of the resource in AWS.",
	"inputsDigest":                    "is the digest of all inputs of the last settled pass.",
	"instanceMetadataTags":            "says whether the metadata service shows the tags of the instance.",
	"iops":                            "is the number of I/O operations per second.",
	"ipProtocol":                      "is tcp, udp, icmp, icmpv6, a protocol number, or -1 for all.",
	"ipv6Pool":                        "is the ID of the IPv6 address pool.",
	"isEgress":                        "says whether the rule applies to outbound traffic.",
	"launchTime":                      "is when the instance started.",
	"marketType":                      "is the purchase option.",
	"maxPrice":                        "is the highest price per hour that you pay.",
	"nestedVirtualization":            "says whether the instance may run virtual machines.",
	"networkBorderGroup":              "is the zone group that announces the addresses.",
	"networkCardIndex":                "is the number of the network card.",
	"nextTryTime":                     "is when Tack retries a refused change.",
	"noDevice":                        "removes the device of this name from those of the image. Set it to an empty string.",
	"observedGeneration":              "is the generation of the spec that the status describes.",
	"outpostARN":                      "is the ARN of the Outpost.",
	"ownerID":                         "is the account that owns the resource.",
	"partitionNumber":                 "is the number of the partition in the placement group.",
	"peeringStatus":                   "is the status of the VPC peering connection.",
	"platform":                        "is empty unless the instance runs Windows.",
	"platformDetails":                 "is the operating system that AWS bills.",
	"privateDNSName":                  "is the private DNS name.",
	"privateIP":                       "is the private IP address.",
	"provisioned":                     "is the bandwidth that AWS provides.",
	"provisionTime":                   "is when AWS provided the bandwidth.",
	"publicDNSName":                   "is the public DNS name.",
	"publicIP":                        "is the public IP address.",
	"requested":                       "is the requested bandwidth.",
	"requestTime":                     "is when the bandwidth was requested.",
	"retries":                         "counts AWS's consecutive refusals.",
	"spotInstanceType":                "is the type of the spot request.",
	"spreadDomain":                    "is reserved by AWS.",
	"statusMessage":                   "explains the state.",
	"syncedID":                        "is the id of the last resource that Tack reported as Synced.",
	"tags":                            "lists the tags of the resource.",
	"threadsPerCore":                  "is the number of threads per CPU core.",
	"throughput":                      "is the throughput in MiB per second.",
	"toPort":                          "is the last port, or the ICMP code; -1 means all.",
	"tpmSupport":                      "is the version of NitroTPM that the instance supports.",
	"usageOperationUpdateTime":        "is when the billed operation last changed.",
	"validUntil":                      "is when the spot request expires.",
	"virtualizationType":              "is the type of virtualization.",
	"virtualName":                     "is the name of an instance store volume, for example ephemeral0.",
	"volumeSize":                      "is the size of the volume in GiB.",
}

// describe returns the comment of a field: its Go name and a short description, from the tables or
// derived from the name.
func describe(n *node, about string, values []string) string {
	name := goName(n.name)
	if about == "" {
		about = everywhere[n.name]
	}
	if about == "" {
		about = derive(n, words(strings.TrimSuffix(name, "_")))
	}
	text := name + " " + about
	if len(values) > 0 && len(values) <= maxValues {
		text += " Values: " + strings.Join(values, ", ") + "."
	}
	return text
}

// derive describes a field by the words of its name.
func derive(n *node, w []string) string {
	last := w[len(w)-1]
	stem := strings.Join(w[:len(w)-1], " ")
	switch {
	case isReference(n):
		return fmt.Sprintf("names the %s object whose id to use.", stem)
	case n.elem != nil && isReference(n.elem):
		return fmt.Sprintf("names the %s objects whose ids to use.", stem)
	case n.typ == "boolean":
		return deriveBool(w)
	case n.elem != nil && n.typ == "object":
		return fmt.Sprintf("maps names to %s.", strings.Join(w, " "))
	case (last == "IDs" || last == "ARNs") && stem != "":
		return fmt.Sprintf("lists the %s of the %s.", last, plural(stem))
	case n.elem != nil:
		return fmt.Sprintf("lists the %s.", strings.Join(w, " "))
	case n.typ == "object":
		return fmt.Sprintf("holds the %s.", property(stem, last))
	}
	return fmt.Sprintf("is the %s.", property(stem, last))
}

// property returns the last word of a name as a property of what the words before it name:
// "group name" becomes "name of the group".
func property(stem, last string) string {
	switch last {
	case "ID", "ARN", "name", "state", "status", "time", "type":
		if stem != "" {
			return last + " of the " + stem
		}
	case "count":
		if stem != "" {
			return "number of " + plural(stem)
		}
	}
	return strings.TrimSpace(stem + " " + last)
}

func plural(noun string) string {
	if strings.HasSuffix(noun, "s") || strings.HasSuffix(noun, "x") {
		return noun + "es"
	}
	return noun + "s"
}

// deriveBool reads the name of a flag as an action (enable), as a finding (is), or as a property.
func deriveBool(w []string) string {
	orders := []string{
		"accept", "allow", "apply", "assign", "associate", "delete", "disable", "disallow", "enable", "map", "use",
	}
	switch {
	case slices.Contains(orders, w[0]) && len(w) > 1:
		return fmt.Sprintf("says whether to %s.", strings.Join(w, " "))
	case w[0] == "is" && len(w) > 1:
		return fmt.Sprintf("says whether it is %s.", strings.Join(w[1:], " "))
	}
	return fmt.Sprintf("says whether it is %s.", strings.Join(w, " "))
}

func isReference(n *node) bool {
	return n.typ == "object" && shared(n.name, n) == "AWSResourceReferenceWrapper"
}
