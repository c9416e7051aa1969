package ec2

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func checkInstance(want ec2v1alpha1.InstanceSpec) []activities.Invalid {
	var f findings
	f.checkSource(want)
	f.checkUserData(want.UserData)
	f.checkProfile(want.IAMInstanceProfile)
	f.checkInstanceValues(want)
	f.checkInstanceOptions(want)
	f.checkDevices(want.BlockDeviceMappings)
	f.checkInstanceNetwork(want)
	f.checkNumbers("spec", want)
	return f
}

// checkNumbers checks each number: AWS takes 32 bits, and nothing below zero.
func (f *findings) checkNumbers(path string, v any) {
	switch v := v.(type) {
	case ec2v1alpha1.InstanceSpec:
		f.checkNumbers(path, mustSpell[map[string]any](v))
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f.checkNumbers(path+"."+key, v[key])
		}
	case []any:
		for i := range v {
			f.checkNumbers(fmt.Sprintf("%s[%d]", path, i), v[i])
		}
	case float64:
		if v < 0 || v > math.MaxInt32 {
			f.add(path, "%.0f: AWS takes numbers from 0 to %d", v, math.MaxInt32)
		}
	}
}

// checkSource checks what the instance is made from.
func (f *findings) checkSource(want ec2v1alpha1.InstanceSpec) {
	if aws.ToString(want.ImageID) == "" && want.LaunchTemplate == nil {
		f.add("spec.imageID", "an instance needs an image: set imageID, or a launchTemplate that names one")
	}
	if t := want.LaunchTemplate; t != nil {
		switch named := named(t.LaunchTemplateID) + named(t.LaunchTemplateName); {
		case named > 1:
			f.add("spec.launchTemplate", "names a template twice: leave out launchTemplateID or launchTemplateName")
		case named == 0 && t.LaunchTemplateRef == nil:
			f.add("spec.launchTemplate", "names no template: set launchTemplateID, launchTemplateName or launchTemplateRef")
		}
	}
}

func named(text *string) int {
	if aws.ToString(text) == "" {
		return 0
	}
	return 1
}

func (f *findings) checkProfile(want *ec2v1alpha1.IAMInstanceProfileSpecification) {
	if want == nil {
		return
	}
	byName := aws.ToString(want.Name) != "" || want.NameRef != nil
	switch byARN := aws.ToString(want.ARN) != ""; {
	case byName && byARN:
		f.add("spec.iamInstanceProfile", "AWS takes one of name and arn: leave the other out")
	case !byName && !byARN:
		f.add("spec.iamInstanceProfile", "names no profile: set name, nameRef or arn")
	}
}

// checkInstanceValues checks what AWS has a short list of values for.
func (f *findings) checkInstanceValues(want ec2v1alpha1.InstanceSpec) {
	check(f, "spec.instanceInitiatedShutdownBehavior", want.InstanceInitiatedShutdownBehavior, types.ShutdownBehavior("").Values())
	if m := want.MetadataOptions; m != nil {
		check(f, "spec.metadataOptions.httpEndpoint", m.HTTPEndpoint, types.InstanceMetadataEndpointState("").Values())
		check(f, "spec.metadataOptions.httpProtocolIPv6", m.HTTPProtocolIPv6, types.InstanceMetadataProtocolState("").Values())
		check(f, "spec.metadataOptions.httpTokens", m.HTTPTokens, types.HttpTokensState("").Values())
		check(f, "spec.metadataOptions.instanceMetadataTags", m.InstanceMetadataTags, types.InstanceMetadataTagsState("").Values())
		if n := m.HTTPPutResponseHopLimit; n != nil && (*n == 0 || *n > 64) {
			f.add("spec.metadataOptions.httpPutResponseHopLimit", "%d: AWS takes 1 to 64", *n)
		}
	}
	if m := want.MaintenanceOptions; m != nil {
		check(f, "spec.maintenanceOptions.autoRecovery", m.AutoRecovery, types.InstanceAutoRecoveryState("").Values())
	}
	if o := want.PrivateDNSNameOptions; o != nil {
		check(f, "spec.privateDNSNameOptions.hostnameType", o.HostnameType, types.HostnameType("").Values())
	}
	if p := want.Placement; p != nil {
		check(f, "spec.placement.tenancy", p.Tenancy, types.Tenancy("").Values())
		if p.PartitionNumber != nil && aws.ToString(p.GroupName) == "" {
			f.add("spec.placement.partitionNumber", "needs groupName, of a group that is partitioned")
		}
	}
	if c := want.CreditSpecification; c != nil {
		check(f, "spec.creditSpecification.cpuCredits", c.CPUCredits, []string{"standard", "unlimited"})
		if aws.ToString(c.CPUCredits) == "" {
			f.add("spec.creditSpecification.cpuCredits", "is empty: set standard or unlimited")
		}
	}
}

// check refuses a value that AWS does not know.
func check[T ~string](f *findings, path string, want *string, known []T) {
	if aws.ToString(want) == "" || slices.Contains(known, T(*want)) {
		return
	}
	words := make([]string, 0, len(known))
	for _, value := range known {
		words = append(words, string(value))
	}
	f.add(path, "%q: AWS knows %s", *want, strings.Join(words, ", "))
}

// checkInstanceOptions checks what AWS does not take together.
func (f *findings) checkInstanceOptions(want ec2v1alpha1.InstanceSpec) {
	hibernates := want.HibernationOptions != nil && aws.ToBool(want.HibernationOptions.Configured)
	if hibernates && want.EnclaveOptions != nil && aws.ToBool(want.EnclaveOptions.Enabled) {
		f.add("spec.enclaveOptions.enabled", "AWS takes no enclaves with hibernation: leave out this or hibernationOptions")
	}
	if m := want.InstanceMarketOptions; m != nil && aws.ToString(m.MarketType) == string(types.MarketTypeSpot) && aws.ToBool(want.DisableAPITermination) {
		f.add("spec.disableAPITermination", "AWS protects no spot instance: leave it out")
	}
	if c := want.CapacityReservationSpecification; c != nil && c.CapacityReservationTarget != nil {
		target := c.CapacityReservationTarget
		if named(target.CapacityReservationID)+named(target.CapacityReservationResourceGroupARN) != 1 {
			f.add("spec.capacityReservationSpecification.capacityReservationTarget", "set one of capacityReservationID and capacityReservationResourceGroupARN")
		}
	}
	for i, l := range want.LicenseSpecifications {
		if l == nil || aws.ToString(l.LicenseConfigurationARN) == "" {
			f.add(fmt.Sprintf("spec.licenseSpecifications[%d].licenseConfigurationARN", i), "is empty")
		}
	}
}

func (f *findings) checkDevices(mappings []*ec2v1alpha1.BlockDeviceMapping) {
	seen := map[string]bool{}
	for i, m := range mappings {
		path := fmt.Sprintf("spec.blockDeviceMappings[%d]", i)
		name := ""
		if m != nil {
			name = aws.ToString(m.DeviceName)
		}
		switch {
		case name == "":
			f.add(path+".deviceName", "is empty: name the device, for example /dev/xvda")
			continue
		case seen[name]:
			f.add(path+".deviceName", "%q is there twice", name)
		case m.EBS == nil && m.NoDevice == nil && aws.ToString(m.VirtualName) == "":
			f.add(path, "says nothing of %s: set ebs, virtualName or noDevice", name)
		case m.NoDevice != nil && *m.NoDevice != "":
			f.add(path+".noDevice", "AWS takes an empty text only, which leaves the device out")
		}
		seen[name] = true
		f.checkVolume(path+".ebs", m.EBS)
	}
}

func (f *findings) checkVolume(path string, want *ec2v1alpha1.EBSBlockDevice) {
	if want == nil {
		return
	}
	if aws.ToString(want.KMSKeyID) != "" && !aws.ToBool(want.Encrypted) {
		f.add(path+".kmsKeyID", "needs encrypted")
	}
	if want.VolumeSize != nil && *want.VolumeSize == 0 {
		f.add(path+".volumeSize", "0: a volume has 1 GiB at least")
	}
}
