package ec2

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	runInstances       = defaults.Creates(describe.Instances, (*awsec2.Client).RunInstances)
	terminateInstances = call.Delete((*awsec2.Client).TerminateInstances)
	modifyInstance     = call.To("ModifyAttribute", (*awsec2.Client).ModifyInstanceAttribute)
	modifyMetadata     = call.To("ModifyMetadataOptions", (*awsec2.Client).ModifyInstanceMetadataOptions)
	modifyCredits      = call.To("ModifyCreditSpecification", (*awsec2.Client).ModifyInstanceCreditSpecification)
	modifyMaintenance  = call.To("ModifyMaintenanceOptions", (*awsec2.Client).ModifyInstanceMaintenanceOptions)
	modifyPrivateDNS   = call.To("ModifyPrivateDnsNameOptions", (*awsec2.Client).ModifyPrivateDnsNameOptions)
	modifyPlacement    = call.To("ModifyPlacement", (*awsec2.Client).ModifyInstancePlacement)
	modifyReservation  = call.To("ModifyCapacityReservationAttributes", (*awsec2.Client).ModifyInstanceCapacityReservationAttributes)
	modifyCPU          = call.To("ModifyCpuOptions", (*awsec2.Client).ModifyInstanceCpuOptions)
	monitorInstances   = call.To("Monitor", (*awsec2.Client).MonitorInstances)
	unmonitorInstances = call.To("Unmonitor", (*awsec2.Client).UnmonitorInstances)
	associateProfile   = call.To("AssociateIamInstanceProfile", (*awsec2.Client).AssociateIamInstanceProfile)
	replaceProfile     = call.To("ReplaceIamInstanceProfileAssociation", (*awsec2.Client).ReplaceIamInstanceProfileAssociation)
)

// instanceRequest leaves out what AWS sets by a call of its own.
var instanceRequest = shape.Request[awsec2.RunInstancesInput, ec2v1alpha1.InstanceSpec](shape.Out("sourceDestCheckEnabled"))

// Instance manages one instance. It launches and terminates it; stopping and starting it is left to
// others.
func Instance() kind.Kind {
	return defaults.Of(describe.Instances, runInstances, terminateInstances, defaults.Definition[ec2v1alpha1.InstanceSpec, instance]{
		Kind:   "ec2.Instance",
		Check:  checkInstance,
		Advise: adviseInstance,
		Find:   findInstance,
		Facts:  instanceFacts,
		Create: planInstanceCreate,
		Plan:   planInstance,
		Later:  laterInstance,
		Unplan: unplanInstance,
		Status: shape.Shown[ec2v1alpha1.InstanceStatus, instance](),
		Spec:   describedInstance,
		Late: late.Fields[instance]{
			"hibernationOptions":     lateHibernation,
			"sourceDestCheckEnabled": func(got *instance) any { return got.SourceDestCheck },
		},
		PlansTags:  true, // AWS shows tags in the metadata only with certain keys
		Secrets:    []string{"UserData"},
		NaturalKey: true, // the client token
		Calls: call.All(
			modifyInstance, modifyMetadata, modifyCredits, modifyMaintenance, modifyPrivateDNS, modifyPlacement,
			modifyReservation, modifyCPU, monitorInstances, unmonitorInstances, associateProfile, replaceProfile,
		),
	})
}

func lateHibernation(got *instance) any {
	if got.HibernationOptions == nil {
		return nil
	}
	return ec2v1alpha1.HibernationOptionsRequest{Configured: got.HibernationOptions.Configured}
}

func (s *instance) id() string { return aws.ToString(s.InstanceId) }

// instanceStates are the states of an instance. AWS lists a terminated one for about another hour.
var instanceStates = defaults.States[types.InstanceStateName]{
	Pending: []types.InstanceStateName{types.InstanceStateNamePending, types.InstanceStateNameStopping, types.InstanceStateNameShuttingDown},
	Gone:    []types.InstanceStateName{types.InstanceStateNameTerminated},
}

// instanceFacts makes everything wait for an instance between two states. An instance that is
// starting or stopping can still be terminated.
func instanceFacts(got *instance) kind.Facts {
	id, now := got.id(), state(got.Instance)
	facts := instanceStates.Facts(got.InstanceId, now)
	facts.Plain, facts.Deletable = got.showsTags(), facts.Pending != nil && now != types.InstanceStateNameShuttingDown
	if got.failed() {
		facts.Gone = false
		facts.Failed = &resource.Wait{Reason: resource.ReasonLaunchFailed, Message: fmt.Sprintf("AWS ended %s at its launch: %s: %s",
			id, aws.ToString(got.StateReason.Code), aws.ToString(got.StateReason.Message))}
	}
	if aws.ToBool(got.DisableAPITermination) && !got.unprotect {
		facts.Held = &resource.Wait{Reason: resource.ReasonProtected, Message: fmt.Sprintf(
			"%s is protected from termination: set spec.disableAPITermination to false, or turn the protection off in AWS", id)}
	}
	return facts
}

// planInstanceCreate asks for one instance: an object is one, whatever minCount and maxCount are.
func planInstanceCreate(want ec2v1alpha1.InstanceSpec, m kind.Making) resource.Step {
	in := instanceRequest(want)
	in.MinCount, in.MaxCount = aws.Int32(1), aws.Int32(1)
	in.ClientToken = aws.String(m.Token)
	// Its volumes get no tags: they belong to no object, and outlive the instance.
	in.TagSpecifications = tags.AtCreate(types.ResourceTypeInstance, instanceTags(want, nil, m.Tags))
	if wantedInMetadata(want) == "" && !fromTemplate(want) {
		// The account's default may show tags, and AWS would then refuse our keys.
		if in.MetadataOptions == nil {
			in.MetadataOptions = &types.InstanceMetadataOptionsRequest{}
		}
		in.MetadataOptions.InstanceMetadataTags = types.InstanceMetadataTagsStateDisabled
	}
	for i, mapping := range want.BlockDeviceMappings {
		in.BlockDeviceMappings[i].NoDevice = mapping.NoDevice // an empty text leaves the device out
	}
	if aws.ToString(want.UserData) != "" {
		in.UserData = aws.String(oneLine(*want.UserData))
	}
	words := []string{"run"}
	for _, part := range []struct {
		word string
		name *string
	}{{"a", want.InstanceType}, {"from", want.ImageID}, {"in", want.SubnetID}} {
		if aws.ToString(part.name) != "" {
			words = append(words, part.word, *part.name)
		}
	}
	if len(words) == 1 {
		words = append(words, "an instance of a launch template")
	}
	return runInstances.Step(strings.Join(words, " "), in)
}

// unplanInstance terminates the instance. If the spec turns termination protection off, a first
// step removes it.
func unplanInstance(got *instance) (steps []resource.Step) {
	if got.unprotect && aws.ToBool(got.DisableAPITermination) {
		steps = append(steps, modifyInstance.Step("turn off disableAPITermination", awsec2.ModifyInstanceAttributeInput{
			InstanceId: got.InstanceId, DisableApiTermination: &types.AttributeBooleanValue{Value: aws.Bool(false)},
		}))
	}
	end := terminateInstances.Step("terminate "+got.id(), awsec2.TerminateInstancesInput{InstanceIds: []string{got.id()}})
	end.Stage = 1
	return append(steps, end)
}
