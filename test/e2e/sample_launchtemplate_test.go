package e2e

import (
	"maps"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// The full spec has a structure to which AWS adds its defaults, and the second version as the default
// one after the change.
var _ = register(sample{
	kind: "ec2.LaunchTemplate", create: "CreateLaunchTemplate",
	spec:   func() fields { return templateSpec(nil) },
	change: `{"spec":{"data":{"instanceType":"t3.large"},"defaultVersion":2}}`,
	early:  `{"spec":{"data":{"instanceType":"t3.large"}}}`, // a new template has no second version
	full: func(string) fields {
		spec := templateSpec(fields{
			"ebsOptimized": true, "metadataOptions": fields{"httpTokens": "required"}, "placement": fields{"affinity": "host"},
			"securityGroupIDs":    []any{"sg-2", "sg-1"},
			"blockDeviceMappings": []any{fields{"deviceName": "/dev/sda1", "ebs": fields{"volumeSize": int64(9), "volumeType": "gp3"}}},
			"tagSpecifications":   []any{fields{"resourceType": "instance", "tags": []any{fields{"key": "team", "value": "a"}}}},
			"instanceMarketOptions": fields{"marketType": "spot", "spotOptions": fields{
				"maxPrice": "0.10", "spotInstanceType": "persistent", "validUntil": "2030-01-02T03:04:05Z",
			}},
		})
		spec["versionDescription"], spec["defaultVersion"], spec["tags"] = "first", int64(1), teamA()
		return spec
	},
	fullChange: `{"spec":{"versionDescription":"second","defaultVersion":2,"tags":[{"key":"team","value":"b"}],
		"data":{"ebsOptimized":null,"metadataOptions":{"httpTokens":"optional"},"securityGroupIDs":["sg-1"]}}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeLaunchTemplates),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteLaunchTemplate, "LaunchTemplateId"),
})

func templateSpec(more fields) fields {
	data := fields{"imageID": image, "instanceType": "t3.micro"}
	maps.Copy(data, more)
	return fields{"name": "web", "data": data}
}

// latestVersion returns the number of a template's latest version and its type of instance.
func (team team) latestVersion(t *testing.T, id string) (number int64, instanceType ec2types.InstanceType) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, team.account)).DescribeLaunchTemplateVersions(t.Context(), &awsec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: &id, Versions: []string{"$Latest"},
	})
	if err != nil {
		t.Fatal(err)
	}
	latest := out.LaunchTemplateVersions[0]
	return *latest.VersionNumber, latest.LaunchTemplateData.InstanceType
}

// A change of data whose answer is lost makes one version. A return to earlier data makes another.
func TestLaunchTemplateVersions(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.LaunchTemplate", "web", templateSpec(nil))
	id := o.awaitSynced(t)
	for i, change := range []struct {
		instanceType ec2types.InstanceType
		fault        gateway.Fault
	}{{"t3.large", gateway.FaultLoseResponse}, {"t3.micro", gateway.FaultErrorResponse}, {"t3.large", gateway.FaultLoseRequest}} {
		rule := addRule(t, gateway.Rule{
			Account: team.account, Principal: scenario.RoleIn(team.account), Action: gateway.Actions{"CreateLaunchTemplateVersion"}, Fault: change.fault, Times: 1,
		})
		o.patch(t, mergePatch(t, fields{"spec": fields{"data": fields{"instanceType": string(change.instanceType)}}}))
		o.awaitSynced(t)
		hits(t, rule, 1)
		if number, is := team.latestVersion(t, id); number != int64(i)+2 || is != change.instanceType {
			t.Errorf("after change %d, version %d has %s, want version %d with %s", i+1, number, is, i+2, change.instanceType)
		}
	}
	o.wantOneCreate(t, id)
	o.wantQuiet(t, team)
}

// An instance waits for the template to which it refers. The template's end does not touch it.
func TestInstanceOfALaunchTemplate(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	instanceNeeds(t, team)
	o := team.apply(t, "ec2.Instance", "web", fields{"subnetRef": ref("main"), "launchTemplate": fields{"launchTemplateRef": ref("web"), "version": "1"}})
	o.awaitCondition(t, "ACK.ReferencesResolved", "Unknown", "spec.launchTemplate.launchTemplateRef")
	template := team.apply(t, "ec2.LaunchTemplate", "web", templateSpec(nil))
	id := o.awaitSynced(t)
	o.wantWake(t, "reference changed")
	o.wantOneCreate(t, id)
	if got := liveInstances(t, team.account); len(got) != 1 || got[0].InstanceType != "t3.micro" || *got[0].ImageId != image {
		t.Errorf("AWS has %+v", got)
	}
	template.patch(t, `{"spec":{"data":{"instanceType":"t3.large"}}}`)
	template.awaitSynced(t)
	template.delete(t)
	template.awaitGone(t)
	o.delete(t)
	o.awaitGone(t)
}
