package ec2

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// stageStopped is for changes that AWS makes only while the instance is stopped. They are sent
// anyway: AWS's refusal names the state, and the call is retried later. The change then takes
// effect some time after the instance was stopped.
const stageStopped = 2

// planInstance changes a running or stopped instance. The launch sets everything on a new one,
// except what AWS changes only once it runs.
func planInstance(want ec2v1alpha1.InstanceSpec, got *instance, c kind.Case) kind.Draft {
	if got == nil {
		return kind.Draft{}
	}
	plan := &instancePlan{want: want, got: got}
	plan.tags(c)
	plan.attributes()
	plan.groups()
	plan.devices()
	plan.profile()
	plan.options()
	plan.stoppedOptions()
	notes, inAWS := instanceNotes(want, got)
	return kind.Draft{Steps: plan.steps, Notes: notes, InAWS: inAWS}
}

type instancePlan struct {
	want  ec2v1alpha1.InstanceSpec
	got   *instance
	steps []resource.Step
	// afterTags is the stage that follows the last change of tags.
	afterTags int
}

func (p *instancePlan) add(stage int, path string, step resource.Step) {
	p.steps = append(p.steps, steps.For(stage, path, step))
}

// modify changes one attribute: AWS accepts one per call.
func (p *instancePlan) modify(stage int, path, summary string, in awsec2.ModifyInstanceAttributeInput) {
	in.InstanceId = p.got.InstanceId
	p.add(stage, path, modifyInstance.Step(summary, in))
}

// attributes plans the flags and texts that do not depend on others.
func (p *instancePlan) attributes() {
	type input = awsec2.ModifyInstanceAttributeInput
	type value = *types.AttributeBooleanValue
	want, got := p.want, p.got
	p.steps = append(p.steps, planFlags(modifyInstance.Verb, input{InstanceId: got.InstanceId}, []flag[input]{
		{name: "disableAPIStop", want: want.DisableAPIStop, got: got.DisableAPIStop, field: func(in *input) *value { return &in.DisableApiStop }},
		{name: "disableAPITermination", want: want.DisableAPITermination, got: got.DisableAPITermination, field: func(in *input) *value { return &in.DisableApiTermination }},
		{name: "sourceDestCheckEnabled", want: want.SourceDestCheckEnabled, got: got.SourceDestCheck, field: func(in *input) *value { return &in.SourceDestCheck }},
		{name: "ebsOptimized", want: want.EBSOptimized, got: got.EbsOptimized, on: stageStopped, off: stageStopped, field: func(in *input) *value { return &in.EbsOptimized }},
	}...)...)
	for _, name := range []struct {
		name, words string
		want        *string
		got         string
		stage       int
		field       func(*input) **types.AttributeValue
	}{
		{"instanceInitiatedShutdownBehavior", "the shutdown behavior", want.InstanceInitiatedShutdownBehavior, aws.ToString(got.InstanceInitiatedShutdownBehavior), 0, func(in *input) **types.AttributeValue { return &in.InstanceInitiatedShutdownBehavior }},
		{"instanceType", "the type", want.InstanceType, string(got.InstanceType), stageStopped, func(in *input) **types.AttributeValue { return &in.InstanceType }},
		{"kernelID", "the kernel", want.KernelID, aws.ToString(got.KernelId), stageStopped, func(in *input) **types.AttributeValue { return &in.Kernel }},
		{"ramDiskID", "the RAM disk", want.RAMDiskID, aws.ToString(got.RamdiskId), stageStopped, func(in *input) **types.AttributeValue { return &in.Ramdisk }},
	} {
		if differs(name.want, name.got) {
			var in input
			*name.field(&in) = &types.AttributeValue{Value: name.want}
			p.modify(name.stage, "spec."+name.name, "change "+name.words+" to "+*name.want, in)
		}
	}
	if want.UserData != nil && !sameData(*want.UserData, aws.ToString(got.userData)) {
		// The data may hold secrets: the summary contains none of it.
		p.modify(stageStopped, "spec.userData", "change the user data", input{UserData: &types.SecureBlobAttributeValue{Value: decodedData(*want.UserData)}})
	}
}

// groups replaces the security groups. AWS accepts only ids: names of groups, for a default VPC,
// count only at the launch.
func (p *instancePlan) groups() {
	want := texts(p.want.SecurityGroupIDs)
	if len(want) == 0 || len(p.want.SecurityGroups) > 0 {
		return
	}
	var got []string
	for _, group := range p.got.SecurityGroups {
		got = append(got, aws.ToString(group.GroupId))
	}
	slices.Sort(got)
	if !slices.Equal(want, got) {
		p.modify(0, "spec.securityGroupIDs", "use the security groups "+strings.Join(want, ", "), awsec2.ModifyInstanceAttributeInput{Groups: want})
	}
}

// texts returns the texts of a list, sorted, each once.
func texts(list []*string) (out []string) {
	for _, text := range list {
		if aws.ToString(text) != "" {
			out = append(out, *text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// devices sets which volumes are deleted with the instance. AWS shows and changes the other
// settings at the volume.
func (p *instancePlan) devices() {
	for _, want := range p.want.BlockDeviceMappings {
		if want == nil || want.EBS == nil || want.EBS.DeleteOnTermination == nil {
			continue
		}
		for _, got := range p.got.BlockDeviceMappings {
			name := aws.ToString(got.DeviceName)
			if name != aws.ToString(want.DeviceName) || got.Ebs == nil || aws.ToBool(got.Ebs.DeleteOnTermination) == *want.EBS.DeleteOnTermination {
				continue
			}
			p.modify(0, "spec.blockDeviceMappings", steps.Turn(*want.EBS.DeleteOnTermination)+"deleteOnTermination of "+name, awsec2.ModifyInstanceAttributeInput{
				BlockDeviceMappings: []types.InstanceBlockDeviceMappingSpecification{{
					DeviceName: got.DeviceName, Ebs: &types.EbsInstanceBlockDeviceSpecification{DeleteOnTermination: want.EBS.DeleteOnTermination},
				}},
			})
		}
	}
}

// profile associates the instance profile. If there is another one, a single call replaces it, so
// that the instance is never without a role.
func (p *instancePlan) profile() {
	want := p.want.IAMInstanceProfile
	if want == nil || p.got.IamInstanceProfile != nil && sameProfile(want, p.got.IamInstanceProfile) {
		return
	}
	name := cmp.Or(aws.ToString(want.Name), aws.ToString(want.ARN))
	if name == "" {
		return // a reference that is not ready
	}
	profile := &types.IamInstanceProfileSpecification{Arn: optional.Text(want.ARN), Name: optional.Text(want.Name)}
	const path = "spec.iamInstanceProfile"
	if p.got.association != nil {
		p.add(0, path, replaceProfile.Step("use the instance profile "+name,
			awsec2.ReplaceIamInstanceProfileAssociationInput{AssociationId: p.got.association, IamInstanceProfile: profile}))
		return
	}
	p.add(0, path, associateProfile.Step("use the instance profile "+name,
		awsec2.AssociateIamInstanceProfileInput{InstanceId: p.got.InstanceId, IamInstanceProfile: profile}))
}

// sameProfile compares a profile, by name or ARN, with the current one, which AWS shows by ARN.
func sameProfile(want *ec2v1alpha1.IAMInstanceProfileSpecification, got *types.IamInstanceProfile) bool {
	arn := aws.ToString(got.Arn)
	if aws.ToString(want.ARN) != "" {
		return *want.ARN == arn
	}
	return aws.ToString(want.Name) == arn[strings.LastIndex(arn, "/")+1:]
}
