package e2e

import (
	"maps"
	"strings"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

var _ = register(sample{
	kind: "ec2.FlowLog", create: "CreateFlowLogs",
	spec: func() fields { return flowLogSpec(fields{"logGroupName": "/vpc/main"}) }, change: retagged,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
		team.apply(t, "iam.Role", "logs", loggingRole()).awaitSynced(t)
	},
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeFlowLogs),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteFlowLogs, "FlowLogIds"),
	full: func(account string) fields {
		return flowLogSpec(fields{
			"logDestinationType": "cloud-watch-logs", "logDestination": "arn:aws:logs:us-west-2:" + account + ":log-group:/vpc/main:*",
			"maxAggregationInterval": int64(60), "logFormat": "${version} ${srcaddr}", "tags": teamA(),
		})
	},
	fullChange: retagged,
})

func loggingRole() fields {
	return fields{"name": "logs", "assumeRolePolicyDocument": strings.Replace(trustEC2, "ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com", 1)}
}

func flowLogSpec(more fields) fields {
	spec := fields{
		"resourceID": idOf("ec2.VPC", "main"), "resourceType": "VPC", "trafficType": "ALL", "deliverLogsPermissionRef": ref("logs"),
	}
	maps.Copy(spec, more)
	return spec
}

// AWS lists at HTTP 200 why it did not create a flow log: the object reports it, and an edit of the
// spec cures it.
func TestFlowLogThatAWSListsAsUnsuccessful(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.FlowLog").prepare(t, team)
	spec := flowLogSpec(fields{"logDestinationType": "s3", "logDestination": "arn:aws:s3:::nowhere"})
	delete(spec, "deliverLogsPermissionRef")
	o := team.apply(t, "ec2.FlowLog", "main", spec)
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "LogDestination: nowhere does not exist")
	w.result(t, o.ref)
	if n := sampleOf("ec2.FlowLog").count(t, team.account); n != 0 {
		t.Fatalf("AWS has %d flow logs", n)
	}
	o.patch(t, mergePatch(t, fields{"spec": fields{"logDestinationType": nil, "logDestination": nil, "logGroupName": "g", "deliverLogsPermissionRef": ref("logs")}}))
	o.awaitSynced(t)
	if n := sampleOf("ec2.FlowLog").count(t, team.account); n != 1 {
		t.Errorf("AWS has %d flow logs", n)
	}
	o.delete(t)
	o.awaitGone(t)
}

// A flow log waits for the role of its namespace and for the log group of another controller. AWS
// cannot assume a new role at first.
func TestFlowLogWithANewRoleAndAGroup(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateFlowLogs"}, Account: team.account, Times: 4,
		Fault: gateway.FaultError, Code: "InvalidParameter", Message: "Unable to assume given IAM role", Status: 400,
	})
	o := team.apply(t, "ec2.FlowLog", "main", flowLogSpec(fields{"logGroupRef": ref("flow")}))
	o.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "LogGroup "+team.name+"/flow is not there")
	team.apply(t, "iam.Role", "logs", loggingRole()).awaitSynced(t)
	team.foreign(t, "cloudwatchlogs.LogGroup", "flow", fields{"name": "/vpc/flow"}, nil)
	o.wantOneCreate(t, o.awaitSynced(t))
	out, err := awsec2.NewFromConfig(w.config(t, team.account)).DescribeFlowLogs(t.Context(), &awsec2.DescribeFlowLogsInput{})
	if err != nil || len(out.FlowLogs) != 1 || *out.FlowLogs[0].LogGroupName != "/vpc/flow" || !strings.HasSuffix(*out.FlowLogs[0].DeliverLogsPermissionArn, ":role/logs") {
		t.Errorf("AWS has %+v, %v", out, err)
	}
	if token, _, _ := unstructured.NestedString(o.get(t).Object, "status", "clientToken"); token == "" {
		t.Error("the status shows no token")
	}
	o.delete(t)
	o.awaitGone(t)
}
