package gateway

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// launchFields are parameters of RunInstances that moto forgets, with the place
// where AWS shows them.
var launchFields = map[string]string{
	"CapacityReservationSpecification.CapacityReservationPreference":                                 "capacityReservationSpecification/capacityReservationPreference",
	"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId":               "capacityReservationSpecification/capacityReservationTarget/capacityReservationId",
	"CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationResourceGroupArn": "capacityReservationSpecification/capacityReservationTarget/capacityReservationResourceGroupArn",
	"CpuOptions.CoreCount":                                  "cpuOptions/coreCount",
	"CpuOptions.NestedVirtualization":                       "cpuOptions/nestedVirtualization",
	"CpuOptions.ThreadsPerCore":                             "cpuOptions/threadsPerCore",
	"EnclaveOptions.Enabled":                                "enclaveOptions/enabled",
	"HibernationOptions.Configured":                         "hibernationOptions/configured",
	"KernelId":                                              "kernelId",
	"MaintenanceOptions.AutoRecovery":                       "maintenanceOptions/autoRecovery",
	"Placement.Affinity":                                    "placement/affinity",
	"Placement.GroupName":                                   "placement/groupName",
	"Placement.HostId":                                      "placement/hostId",
	"Placement.HostResourceGroupArn":                        "placement/hostResourceGroupArn",
	"Placement.PartitionNumber":                             "placement/partitionNumber",
	"Placement.SpreadDomain":                                "placement/spreadDomain",
	"Placement.Tenancy":                                     "placement/tenancy",
	"PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord": "privateDnsNameOptions/enableResourceNameDnsAAAARecord",
	"PrivateDnsNameOptions.EnableResourceNameDnsARecord":    "privateDnsNameOptions/enableResourceNameDnsARecord",
	"PrivateDnsNameOptions.HostnameType":                    "privateDnsNameOptions/hostnameType",
	"RamdiskId":                                             "ramdiskId",
}

// burstable are the defaults of CPU credits by family.
var burstable = map[string]string{"t2": "standard", "t3": "unlimited", "t3a": "unlimited", "t4g": "unlimited"}

var runInstances = correction{before: checkLaunch, refused: profileNotFound, after: launched}

// checkLaunch refuses what moto takes.
func checkLaunch(x *exchange) *answer {
	if x.form.Get("MinCount") == "" || x.form.Get("MaxCount") == "" {
		return x.badRequest("MissingParameter", "The request must contain the parameters MinCount and MaxCount")
	}
	if a := x.checkTagTypes("instance", "volume", "network-interface", "spot-instances-request"); a != nil {
		return a
	}
	if a := x.launchMetadataTags(); a != nil {
		return a
	}
	image := x.form.Get("ImageId")
	switch {
	case image == "" && !hasPrefix(x.form, "LaunchTemplate."):
		return x.badRequest("MissingParameter", "The request must contain the parameter ImageId")
	case image != "":
		if a := x.ask("DescribeImages", url.Values{"ImageId.1": {image}}); !a.ok() {
			return a
		}
	}
	for _, other := range []string{"SubnetId", "SecurityGroupId.1", "SecurityGroup.1", "PrivateIpAddress", "Ipv6AddressCount"} {
		if x.form.Has(other) && hasPrefix(x.form, "NetworkInterface.1.") {
			return x.badRequest("InvalidParameterCombination", "Network interfaces and an instance-level %s may not be specified on the same request", other)
		}
	}
	x.sizeVolumes()
	return x.checkUserData()
}

// sizeVolumes gives volumes a size, which AWS takes from the image.
func (x *exchange) sizeVolumes() {
	for n := 1; x.form.Has(fmt.Sprintf("BlockDeviceMapping.%d.DeviceName", n)); n++ {
		if ebs := fmt.Sprintf("BlockDeviceMapping.%d.Ebs.", n); hasPrefix(x.form, ebs) && !x.form.Has(ebs+"VolumeSize") && !x.form.Has(ebs+"SnapshotId") {
			x.form.Set(ebs+"VolumeSize", "8")
		}
	}
}

func (x *exchange) checkUserData() *answer {
	data, err := base64.StdEncoding.DecodeString(x.form.Get("UserData"))
	switch {
	case err != nil:
		return x.badRequest("InvalidParameterValue", "Invalid BASE64 encoding of user data.")
	case len(data) > 16<<10:
		return x.badRequest("InvalidParameterValue", "User data is limited to 16384 bytes")
	}
	return nil
}

// profileNotFound is EC2's answer for an instance profile that it does not see:
// moto's is that of IAM.
func profileNotFound(x *exchange, a *answer) *answer {
	if a.code != "NoSuchEntity" {
		return a
	}
	for param, words := range map[string]string{"Name": "Invalid IAM Instance Profile name", "Arn": "Invalid IAM Instance Profile ARN"} {
		if value := x.form.Get("IamInstanceProfile." + param); value != "" {
			return x.badRequest("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.%s is invalid. %s", value, strings.ToLower(param), words)
		}
	}
	return a
}

// launched remembers what moto forgets of new instances.
func launched(x *exchange, a *answer) *answer {
	ids := createdResources(x.call, a)
	_, made, refusal := x.instances(a)
	if refusal != nil {
		return refusal
	}
	for n, id := range ids {
		m := machine{shown: map[string]string{}, goes: map[string]bool{}}
		for param, path := range launchFields {
			if x.form.Has(param) {
				m.shown[path] = x.form.Get(param)
			}
		}
		family, _, _ := strings.Cut(made[n].text("instanceType"), ".")
		if m.credits = burstable[family]; x.form.Has("CreditSpecification.CpuCredits") {
			m.credits = x.form.Get("CreditSpecification.CpuCredits")
		}
		for _, eni := range made[n].items("networkInterfaceSet") {
			m.goes[eni.text("networkInterfaceId")] = x.goesWithInstance(eni.text("attachment/deviceIndex"))
		}
		x.moto.instances[x.scoped(id)] = m
		x.enters(instanceType, id, pending)
		if x.failing != nil {
			// Moto is always where the instance will end up.
			if refused := x.end(id); refused != nil {
				return refused
			}
		} else if x.form.Get("DisableApiTermination") == "true" {
			if done := x.ask("ModifyInstanceAttribute", url.Values{"InstanceId": {id}, "DisableApiTermination.Value": {"true"}}); !done.ok() {
				return done
			}
		}
	}
	root, _, refusal := x.instances(a)
	if refusal != nil {
		return refusal
	}
	return x.encodeTree(root)
}

// goesWithInstance says whether the interface at a device index goes when the
// instance is terminated: one that was made for it, unless the request says no.
func (x *exchange) goesWithInstance(index string) bool {
	for n := 1; ; n++ {
		prefix := fmt.Sprintf("NetworkInterface.%d.", n)
		if !hasPrefix(x.form, prefix) {
			return true
		}
		if x.form.Get(prefix+"DeviceIndex") == index {
			if x.form.Has(prefix + "DeleteOnTermination") {
				return x.form.Get(prefix+"DeleteOnTermination") == "true"
			}
			return !x.form.Has(prefix + "NetworkInterfaceId")
		}
	}
}

// end terminates an instance in moto, and deletes the network interfaces that go
// with it, which moto keeps.
func (x *exchange) end(id string) *answer {
	if a := x.ask("TerminateInstances", url.Values{"InstanceId.1": {id}}); !a.ok() {
		return a
	}
	m := x.moto.instances[x.scoped(id)]
	a := x.ask("DescribeNetworkInterfaces", url.Values{"Filter.1.Name": {"attachment.instance-id"}, "Filter.1.Value.1": {id}})
	if !a.ok() {
		return a
	}
	for _, eni := range slices.Compact(elements(a.body, "networkInterfaceId")) {
		if !m.goes[eni] {
			continue
		}
		if a := x.ask("DeleteNetworkInterface", url.Values{"NetworkInterfaceId": {eni}}); !a.ok() {
			return a
		}
	}
	return nil
}

// terminatedSince refuses a repeat of a launch whose instance is gone by now.
func (x *exchange) terminatedSince(a *answer) *answer {
	for _, id := range createdResources(x.call, a) {
		i, refusal := x.findInstance(id)
		if refusal != nil {
			return refusal
		}
		if i.text("instanceState/name") == terminated {
			return x.badRequest("IdempotentInstanceTerminated", "The client token %s was used for the instance %s, which is terminated.", x.form.Get("ClientToken"), id)
		}
	}
	return a
}
