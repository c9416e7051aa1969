package ec2

import (
	"fmt"
	"reflect"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// templateName is the pattern of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
var templateName = regexp.MustCompile(`^[a-zA-Z0-9().\-/_]{3,128}$`)

// checkTemplate foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
func checkTemplate(want ec2v1alpha1.LaunchTemplateSpec) []kind.Invalid {
	var f findings
	if name := aws.ToString(want.Name); !templateName.MatchString(name) {
		f.Add("spec.name", refusal.Says("InvalidLaunchTemplateName.MalformedException", "The launch template name is not valid. It must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _."),
			"%.60q: AWS allows 3 to 128 letters, digits and ( ) . - / _", name)
	}
	if n := len(aws.ToString(want.VersionDescription)); n > 255 {
		f.Add("spec.versionDescription", refusal.Says(refusal.BadValue, refusal.ValueSaid), "has %d characters: AWS allows 255", n)
	}
	if n := want.DefaultVersion; n != nil && *n < 1 {
		f.Add("spec.defaultVersion", refusal.Says(refusal.BadValue, refusal.ValueSaid), "%d: the first version is 1", *n)
	}
	if want.Data == nil || reflect.ValueOf(dataRequest(*want.Data)).IsZero() {
		f.Add("spec.data", refusal.Says(refusal.Missing, refusal.Lacks, "LaunchTemplateData"), "is empty: set one parameter at least")
		return f.All
	}
	f.checkNumbers(want)
	f.checkUserData("spec.data.userData", want.Data.UserData)
	f.checkTemplateOptions(want.Data)
	f.checkRequirements(want.Data)
	for i, m := range want.Data.BlockDeviceMappings {
		if m != nil && m.EBS != nil && m.EBS.VolumeSize != nil {
			f.checkVolume(fmt.Sprintf("spec.data.blockDeviceMappings[%d].ebs.volumeSize", i), *m.EBS.VolumeSize)
		}
	}
	return f.All
}

// checkTemplateOptions checks the structures that AWS refuses without a certain field.
func (f *findings) checkTemplateOptions(data *ec2v1alpha1.RequestLaunchTemplateData) {
	if m := data.MetadataOptions; m != nil {
		f.checkHops("spec.data.metadataOptions.httpPutResponseHopLimit", m.HTTPPutResponseHopLimit)
	}
	if c := data.CreditSpecification; c != nil {
		f.required("spec.data.creditSpecification.cpuCredits", "LaunchTemplateData.CreditSpecification.CpuCredits", aws.ToString(c.CPUCredits) != "")
	}
	for i, g := range data.ElasticGPUSpecifications {
		f.required(fmt.Sprintf("spec.data.elasticGPUSpecifications[%d].type", i), "LaunchTemplateData.ElasticGpuSpecification.Type", g != nil && aws.ToString(g.Type) != "")
	}
	for i, a := range data.ElasticInferenceAccelerators {
		f.required(fmt.Sprintf("spec.data.elasticInferenceAccelerators[%d].type", i), "LaunchTemplateData.ElasticInferenceAccelerator.Type", a != nil && aws.ToString(a.Type) != "")
	}
}

func (f *findings) required(path, parameter string, given bool) {
	if !given {
		f.Add(path, refusal.Says(refusal.Missing, refusal.Lacks, parameter), "is missing: AWS requires it")
	}
}

// checkRequirements checks the choice of an instance type by its attributes.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
func (f *findings) checkRequirements(data *ec2v1alpha1.RequestLaunchTemplateData) {
	const path, parameter = "spec.data.instanceRequirements", "LaunchTemplateData.InstanceRequirements."
	r := data.InstanceRequirements
	if r == nil {
		return
	}
	f.required(path+".vCPUCount.min", parameter+"VCpuCount.Min", r.VCPUCount != nil && r.VCPUCount.Min != nil)
	f.required(path+".memoryMiB.min", parameter+"MemoryMiB.Min", r.MemoryMiB != nil && r.MemoryMiB.Min != nil)
	for _, pair := range []struct {
		path, other, said string
		both              bool
	}{
		{path, "spec.data.instanceType", "If you specify InstanceRequirements, you can't specify InstanceType.", aws.ToString(data.InstanceType) != ""},
		{path + ".excludedInstanceTypes", "allowedInstanceTypes", "If you specify AllowedInstanceTypes, you can't specify ExcludedInstanceTypes.", len(r.AllowedInstanceTypes) > 0 && len(r.ExcludedInstanceTypes) > 0},
		{path + ".spotMaxPricePercentageOverLowestPrice", "maxSpotPriceAsPercentageOfOptimalOnDemandPrice",
			"Only one of SpotMaxPricePercentageOverLowestPrice or MaxSpotPriceAsPercentageOfOptimalOnDemandPrice can be specified.",
			r.SpotMaxPricePercentageOverLowestPrice != nil && r.MaxSpotPriceAsPercentageOfOptimalOnDemandPrice != nil},
	} {
		if pair.both {
			f.Add(pair.path, refusal.Says(refusal.BadCombination, "%s", pair.said), "AWS does not allow it together with %s: remove one of the two", pair.other)
		}
	}
}
