package ec2

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func checkInstance(want ec2v1alpha1.InstanceSpec) []kind.Invalid {
	var f findings
	f.checkSource(want)
	f.checkUserData("spec.userData", want.UserData)
	f.checkProfile(want.IAMInstanceProfile)
	f.checkInstanceValues(want)
	f.checkInstanceOptions(want)
	f.checkMetadataTags(want)
	f.checkDevices(want.BlockDeviceMappings)
	f.checkInstanceNetwork(want)
	f.checkNumbers(want)
	return f.All
}

// checkNumbers checks each number: the SDK's requests hold 32 bits.
func (f *findings) checkNumbers(want any) {
	var fields map[string]any
	raw, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(raw, &fields)
	}
	if err != nil {
		panic(fmt.Sprintf("reading a spec: %v", err)) // it was decoded from JSON
	}
	f.checkNumber("spec", fields)
}

func (f *findings) checkNumber(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f.checkNumber(path+"."+key, v[key])
		}
	case []any:
		for i := range v {
			f.checkNumber(fmt.Sprintf("%s[%d]", path, i), v[i])
		}
	case float64:
		if v < math.MinInt32 || v > math.MaxInt32 {
			f.Add(path, refusal.Says(refusal.BadValue, refusal.ValueSaid), "%.0f: AWS allows numbers of 32 bits", v)
		}
	}
}

// oneTemplate is quoted from
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html
const oneTemplate = "You must specify either the launch template ID or the launch template name, but not both."

// checkSource checks the image or launch template. "You must specify either the launch template ID
// or the launch template name, but not both":
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html
func (f *findings) checkSource(want ec2v1alpha1.InstanceSpec) {
	if aws.ToString(want.ImageID) == "" && want.LaunchTemplate == nil {
		f.Add("spec.imageID", refusal.Says(refusal.Missing, refusal.Lacks, "ImageId"), "an instance needs an image: set imageID, or a launchTemplate that names one")
	}
	if t := want.LaunchTemplate; t != nil {
		switch named := optional.Count(t.LaunchTemplateID, t.LaunchTemplateName); {
		case named > 1:
			f.Add("spec.launchTemplate", refusal.Says(refusal.BadCombination, oneTemplate), "names a template twice: remove launchTemplateID or launchTemplateName")
		case named == 0 && t.LaunchTemplateRef == nil && aws.ToString(want.ImageID) != "" && aws.ToString(t.Version) == "": // nothing of it is sent
		case named == 0 && t.LaunchTemplateRef == nil:
			f.Add("spec.launchTemplate", refusal.Says(refusal.Missing, oneTemplate), "names no template: set launchTemplateID, launchTemplateName or launchTemplateRef")
		}
	}
}

// checkProfile accepts a profile without name and ARN: AWS treats it as no profile.
func (f *findings) checkProfile(want *ec2v1alpha1.IAMInstanceProfileSpecification) {
	if want == nil {
		return
	}
	byName := aws.ToString(want.Name) != "" || want.NameRef != nil
	if byName && aws.ToString(want.ARN) != "" {
		f.Add("spec.iamInstanceProfile", refusal.Says(refusal.BadCombination, "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'"), "AWS allows either name or arn: remove one")
	}
}

// checkInstanceValues checks values that the API's pages bound. AWS judges the words of a field,
// because it adds new ones.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreditSpecificationRequest.html
func (f *findings) checkInstanceValues(want ec2v1alpha1.InstanceSpec) {
	if m := want.MetadataOptions; m != nil {
		f.checkHops("spec.metadataOptions.httpPutResponseHopLimit", m.HTTPPutResponseHopLimit)
	}
	if c := want.CreditSpecification; c != nil && aws.ToString(c.CPUCredits) == "" {
		f.Add("spec.creditSpecification.cpuCredits", refusal.Says(refusal.Missing, refusal.Lacks, "CreditSpecification.CpuCredits"), "is empty: set standard or unlimited")
	}
}

// checkInstanceOptions checks options that AWS does not accept together: "You can't enable AWS
// Nitro Enclaves and hibernation on the same instance."
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
func (f *findings) checkInstanceOptions(want ec2v1alpha1.InstanceSpec) {
	hibernates := want.HibernationOptions != nil && aws.ToBool(want.HibernationOptions.Configured)
	if hibernates && want.EnclaveOptions != nil && aws.ToBool(want.EnclaveOptions.Enabled) {
		f.Add("spec.enclaveOptions.enabled", refusal.Says(refusal.BadCombination, "You can't enable AWS Nitro Enclaves and hibernation on the same instance."), "AWS allows no enclaves with hibernation: remove this field or hibernationOptions")
	}
}

// checkDevices checks sizes: each type of volume has at least 1 GiB.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
func (f *findings) checkDevices(mappings []*ec2v1alpha1.BlockDeviceMapping) {
	for i, m := range mappings {
		if m != nil && m.EBS != nil && m.EBS.VolumeSize != nil {
			f.checkVolume(fmt.Sprintf("spec.blockDeviceMappings[%d].ebs.volumeSize", i), *m.EBS.VolumeSize)
		}
	}
}

func (f *findings) checkVolume(path string, size int64) {
	if size < 1 {
		f.Add(path, refusal.Says("InvalidBlockDeviceMapping", "A block device mapping parameter is not valid."), "%d: a volume has at least 1 GiB", size)
	}
}

func (f *findings) checkHops(path string, limit *int64) {
	if limit != nil && (*limit < 1 || *limit > 64) {
		f.Add(path, refusal.Says(refusal.BadValue, "Possible values: Integers from 1 to 64"), "%d: AWS allows 1 to 64", *limit)
	}
}
