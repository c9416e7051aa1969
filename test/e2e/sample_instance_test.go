package e2e

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// image is an image that moto has in each Region.
const image = "ami-1e749f67"

// The full spec has values that AWS fills in by default. The change is everything that a running
// instance accepts.
var _ = register(sample{
	kind: "ec2.Instance", spec: instanceSpec, create: "RunInstances",
	change: `{"spec":{"metadataOptions":{"httpTokens":"required"},"monitoring":{"enabled":true}}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeInstances),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).TerminateInstances, "InstanceIds"),
	full: func(string) fields {
		spec := instanceSpec()
		maps.Copy(spec, fields{
			"disableAPIStop": true, "disableAPITermination": false, "sourceDestCheckEnabled": false, "ebsOptimized": true,
			"instanceInitiatedShutdownBehavior": "stop", "monitoring": fields{"enabled": true}, "privateIPAddress": "10.0.1.77",
			"creditSpecification": fields{"cpuCredits": "standard"}, "cpuOptions": fields{"coreCount": int64(1), "threadsPerCore": int64(1)},
			"enclaveOptions": fields{"enabled": false}, "hibernationOptions": fields{"configured": false}, "maintenanceOptions": fields{"autoRecovery": "disabled"},
			"metadataOptions":                  fields{"httpTokens": "required", "httpPutResponseHopLimit": int64(2), "instanceMetadataTags": "enabled"},
			"privateDNSNameOptions":            fields{"hostnameType": "resource-name", "enableResourceNameDNSARecord": true},
			"placement":                        fields{"tenancy": "default"},
			"capacityReservationSpecification": fields{"capacityReservationPreference": "none"},
			"blockDeviceMappings":              []any{fields{"deviceName": "/dev/sda1", "ebs": fields{"volumeSize": int64(9), "deleteOnTermination": true}}},
			"tags":                             []any{fields{"key": "team", "value": "a"}, fields{"key": "aws:x", "value": "y"}},
			"minCount":                         int64(1), "maxCount": int64(1),
		})
		return spec
	},
	fullChange: `{"spec":{"disableAPIStop":false,"sourceDestCheckEnabled":true,"instanceInitiatedShutdownBehavior":"terminate","monitoring":{"enabled":false},
		"creditSpecification":{"cpuCredits":"unlimited"},"maintenanceOptions":{"autoRecovery":"default"},"metadataOptions":{"httpTokens":"optional","httpPutResponseHopLimit":3},
		"privateDNSNameOptions":{"enableResourceNameDNSARecord":false},"blockDeviceMappings":[{"deviceName":"/dev/sda1","ebs":{"volumeSize":9,"deleteOnTermination":false}}],
		"tags":[{"key":"team","value":"b"}]}}`,
})

func instanceSpec() fields {
	return fields{"imageID": image, "instanceType": "t3.micro", "subnetRef": ref("main")}
}

// instanceNeeds applies the objects that an instance depends on.
func instanceNeeds(t *testing.T, team team) []object {
	t.Helper()
	return []object{
		team.apply(t, "ec2.VPC", "main", vpcSpec()),
		team.apply(t, "ec2.Subnet", "main", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24"}),
	}
}

// liveInstances returns the instances that are not terminated: AWS continues to list the terminated
// ones.
func liveInstances(t *testing.T, account string) (live []ec2types.Instance) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeInstances(t.Context(), &awsec2.DescribeInstancesInput{})
	if err != nil {
		t.Fatalf("describing the instances of %s: %v", account, err)
	}
	for _, r := range out.Reservations {
		live = append(live, r.Instances...)
	}
	return slices.DeleteFunc(live, func(i ec2types.Instance) bool { return i.State.Name == ec2types.InstanceStateNameTerminated })
}

// instancesStay sets how long a state of a team's instances lasts.
func (team team) instancesStay(t *testing.T, state string, d time.Duration) {
	t.Helper()
	set := gateway.StateTime{Account: team.account, Type: "instance", State: state, Milliseconds: d.Milliseconds()}
	if err := w.AWS.SetStateTime(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// An instance and all its dependencies are applied together and created once. The object shows
// while AWS starts and stops the instance. Deleted together, all of them go.
func TestInstanceWithAllItStandsOn(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.instancesStay(t, "pending", time.Hour)
	group := team.apply(t, "ec2.SecurityGroup", "web", fields{"name": "web", "description": "made by a test", "vpcRef": ref("main")})
	profile := team.apply(t, "iam.InstanceProfile", "web", fields{"name": "made-for-web"})
	all := append(instanceNeeds(t, team), group, profile)
	spec := instanceSpec()
	spec["securityGroupRefs"] = []any{ref("web")}
	spec["iamInstanceProfile"] = fields{"nameRef": ref("web")}
	o := team.apply(t, "ec2.Instance", "web", spec)
	o.awaitPending(t, "ec2.Instance/Await", "is pending")
	team.instancesStay(t, "pending", 0)
	id := o.awaitSynced(t)
	o.wantOneCreate(t, id)
	if got := liveInstances(t, team.account); len(got) != 1 || len(got[0].SecurityGroups) != 1 || *got[0].SecurityGroups[0].GroupName != "web" || nameIn(*got[0].IamInstanceProfile.Arn) != "made-for-web" {
		t.Errorf("AWS has %+v", got)
	}
	u := o.get(t)
	if state, _, _ := unstructured.NestedString(u.Object, "status", "state", "name"); state != "running" {
		t.Errorf("status.state is %q", state)
	}
	team.instancesStay(t, "shutting-down", time.Hour)
	all = append(all, o)
	for _, o := range all {
		o.delete(t)
	}
	o.awaitPending(t, "ec2.Instance/Await", "is shutting-down")
	if finalizers := o.get(t).GetFinalizers(); len(finalizers) != 1 {
		t.Errorf("while the instance shuts down the object has the finalizers %v", finalizers)
	}
	team.instancesStay(t, "shutting-down", 0)
	for _, o := range all {
		o.awaitGone(t)
	}
}

// A protected instance stays, and the deletion reports why. A change of the spec of the deleted
// object removes the protection.
func TestInstanceIsProtected(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.Instance").prepare(t, team)
	spec := instanceSpec()
	spec["disableAPITermination"] = true
	o := team.apply(t, "ec2.Instance", "main", spec)
	o.awaitSynced(t)
	mark := lastSeq(t)
	o.delete(t)
	o.awaitPending(t, "ec2.Instance/Await", "is protected from termination: set spec.disableAPITermination to false")
	if calls := strings.Join(callsSince(t, team.account, mark), " "); strings.Contains(calls, "TerminateInstances") {
		t.Errorf("Tack made a needless call: %s", calls)
	}
	o.patch(t, `{"spec":{"disableAPITermination":false}}`)
	o.awaitGone(t)
	if n := len(liveInstances(t, team.account)); n != 0 {
		t.Errorf("%d remain in AWS", n)
	}
}

// An instance that AWS accepts and then terminates at launch is recorded and shown. Tack retries
// later, and one instance lives.
func TestInstanceThatFailsAtItsLaunch(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.Instance").prepare(t, team)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"RunInstances"}, Account: team.account, Times: 1,
		Fault: gateway.FaultFailed, Code: "Client.VolumeLimitExceeded", Message: "Volume limit exceeded",
	})
	o := team.apply(t, "ec2.Instance", "main", instanceSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "Client.VolumeLimitExceeded: Volume limit exceeded")
	w.result(t, o.ref)
	first, _, _ := unstructured.NestedString(o.get(t).Object, "status", "instanceID")
	o.wantOneCreate(t, first)
	w.force(t, o.ref)
	id := o.awaitSynced(t)
	if live := liveInstances(t, team.account); len(live) != 1 || *live[0].InstanceId != id || id == first {
		t.Errorf("after %s the object has %s; AWS has %+v", first, id, live)
	}
	if n := len(o.creates(t)); n != 2 {
		t.Errorf("AWS accepted %d creates, want the one that failed and another", n)
	}
	o.wantQuiet(t, team)
}

// EC2 does not see an instance's profile yet. Tack launches the instance when EC2 sees it: the spec
// is not hopeless.
func TestInstanceBeforeItsProfile(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.Instance").prepare(t, team)
	spec := instanceSpec()
	spec["iamInstanceProfile"] = fields{"name": "web"}
	o := team.apply(t, "ec2.Instance", "main", spec)
	o.awaitPending(t, "ec2.Instance/Create", "Invalid IAM Instance Profile name")
	team.apply(t, "iam.InstanceProfile", "web", fields{"name": "web"}).awaitSynced(t)
	o.wantOneCreate(t, o.awaitSynced(t))
	if p := liveInstances(t, team.account)[0].IamInstanceProfile; p == nil || nameIn(*p.Arn) != "web" {
		t.Errorf("its profile is %+v", p)
	}
	team.apply(t, "iam.InstanceProfile", "db", fields{"name": "db"}).awaitSynced(t)
	o.patch(t, `{"spec":{"iamInstanceProfile":{"name":"db"}}}`)
	o.awaitSynced(t)
	if p := liveInstances(t, team.account)[0].IamInstanceProfile; p == nil || nameIn(*p.Arn) != "db" {
		t.Errorf("then its profile is %+v", p)
	}
}

// The object reports a change that AWS accepts only for a stopped instance. Tack applies all other
// changes, and applies this one when the instance is stopped.
func TestInstanceMustBeStopped(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.Instance").prepare(t, team)
	o := team.apply(t, "ec2.Instance", "main", instanceSpec())
	id := o.awaitSynced(t)
	o.patch(t, `{"spec":{"instanceType":"t3.large","sourceDestCheckEnabled":false}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "spec.instanceType: change the type to t3.large: IncorrectInstanceState")
	w.result(t, o.ref)
	if got := liveInstances(t, team.account)[0]; aws.ToBool(got.SourceDestCheck) || got.InstanceType != ec2types.InstanceTypeT3Micro {
		t.Errorf("in AWS it is %s with source/destination check %t", got.InstanceType, *got.SourceDestCheck)
	}
	team.stopInstance(t, id)
	w.force(t, o.ref)
	o.awaitSynced(t)
	if got := liveInstances(t, team.account)[0]; got.InstanceType != ec2types.InstanceTypeT3Large {
		t.Errorf("stopped, it is %s", got.InstanceType)
	}
	o.wantQuiet(t, team)
}

// changeUserData sets other user data, which AWS accepts only when the instance is stopped. Until
// then the object shows AWS's refusal, without the data.
func (o object) changeUserData(t *testing.T, team team, data string) {
	t.Helper()
	encoded := base64.StdEncoding.EncodeToString([]byte(data))
	id := o.awaitSynced(t)
	o.patch(t, mergePatch(t, fields{"spec": fields{"userData": encoded}}))
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "spec.userData: change the user data: IncorrectInstanceState")
	wantNothingInClear(t, o, encoded)
	team.stopInstance(t, id)
	o.patch(t, `{"spec":{"tags":[{"key":"state","value":"stopped"}]}}`) // wakes it
	o.awaitSynced(t)
	if got := userDataOf(t, team.account, id); got != encoded {
		t.Errorf("AWS has the user data %q, want %q", got, encoded)
	}
	wantNothingInClear(t, o, encoded)
}

// stopInstance stops an instance in AWS.
func (team team) stopInstance(t *testing.T, id string) {
	t.Helper()
	client := awsec2.NewFromConfig(w.config(t, team.account))
	if _, err := client.StopInstances(t.Context(), &awsec2.StopInstancesInput{InstanceIds: []string{id}}); err != nil {
		t.Fatal(err)
	}
}

// userDataOf returns the user data of an instance in AWS.
func userDataOf(t *testing.T, account, id string) string {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeInstanceAttribute(t.Context(), &awsec2.DescribeInstanceAttributeInput{
		InstanceId: &id, Attribute: ec2types.InstanceAttributeNameUserData,
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.UserData == nil {
		return ""
	}
	return aws.ToString(out.UserData.Value)
}
