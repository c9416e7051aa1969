package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

// loggingRole returns the ARN of a new role that a service may assume.
func (a *account) loggingRole(name, service string) *string {
	a.t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
	out := must[*iam.CreateRoleOutput](a)(a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}))
	return out.Role.Arn
}

func TestFlowLog(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	role, other := a.loggingRole("logs", "vpc-flow-logs.amazonaws.com"), a.loggingRole("web", "ec2.amazonaws.com")
	into := func(change func(*ec2.CreateFlowLogsInput)) *ec2.CreateFlowLogsInput {
		in := &ec2.CreateFlowLogsInput{
			ResourceIds: []string{vpc}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeAll,
			LogGroupName: aws.String("g"), DeliverLogsPermissionArn: role, TagSpecifications: tags("vpc-flow-log", "k", "v"),
		}
		change(in)
		return in
	}
	for what, test := range map[string]struct {
		change func(*ec2.CreateFlowLogsInput)
		code   string
	}{
		"a role of another service": {func(in *ec2.CreateFlowLogsInput) { in.DeliverLogsPermissionArn = other }, "InvalidParameter"},
		"a role that is not there":  {func(in *ec2.CreateFlowLogsInput) { in.DeliverLogsPermissionArn = aws.String(*role + "2") }, "InvalidParameter"},
		"no ARN":                    {func(in *ec2.CreateFlowLogsInput) { in.LogGroupName, in.LogDestination = nil, aws.String("logs") }, "InvalidParameter"},
		"two destinations":          {func(in *ec2.CreateFlowLogsInput) { in.LogDestination = aws.String("arn:aws:logs:::log-group:g") }, "InvalidParameter"},
		"no role":                   {func(in *ec2.CreateFlowLogsInput) { in.DeliverLogsPermissionArn = nil }, "InvalidParameter"},
		"an unknown network":        {func(in *ec2.CreateFlowLogsInput) { in.ResourceIds[0] = "vpc-0123456789abcdef0" }, "InvalidVpcID.NotFound"},
	} {
		_, err := a.ec2.CreateFlowLogs(a.ctx(), into(test.change))
		a.wantRefused(what, err, http.StatusBadRequest, test.code)
	}

	create := func(in *ec2.CreateFlowLogsInput) *ec2.CreateFlowLogsOutput {
		t.Helper()
		return must[*ec2.CreateFlowLogsOutput](a)(a.ec2.CreateFlowLogs(a.ctx(), in))
	}
	made := create(into(func(in *ec2.CreateFlowLogsInput) { in.ClientToken = aws.String("t") }))
	again := create(into(func(in *ec2.CreateFlowLogsInput) { in.ClientToken = aws.String("t") }))
	if len(made.FlowLogIds) != 1 || !cmp.Equal(made.FlowLogIds, again.FlowLogIds) || *made.ClientToken != "t" {
		t.Fatalf("a new one is %+v, and again %+v", made, again)
	}
	_, err := a.ec2.CreateFlowLogs(a.ctx(), into(func(*ec2.CreateFlowLogsInput) {}))
	a.wantRefused("the same configuration", err, http.StatusBadRequest, "FlowLogAlreadyExists")

	nowhere := create(into(func(in *ec2.CreateFlowLogsInput) {
		in.LogGroupName, in.DeliverLogsPermissionArn, in.LogDestinationType, in.LogDestination = nil, nil, types.LogDestinationTypeS3, aws.String("arn:aws:s3:::nowhere")
	}))
	if len(nowhere.FlowLogIds) != 0 || len(nowhere.Unsuccessful) != 1 || *nowhere.Unsuccessful[0].ResourceId != vpc || *nowhere.Unsuccessful[0].Error.Code != "400" {
		t.Errorf("into a bucket that is not there: %+v", nowhere)
	}
	a.flowLogIsShownUntilDeleted(made.FlowLogIds[0])
}

func (a *account) flowLogIsShownUntilDeleted(id string) {
	a.t.Helper()
	t := a.t
	find := func(filters []types.Filter) []types.FlowLog {
		t.Helper()
		return must[*ec2.DescribeFlowLogsOutput](a)(a.ec2.DescribeFlowLogs(a.ctx(), &ec2.DescribeFlowLogsInput{Filter: filters})).FlowLogs
	}
	found := find(filter("flow-log-id", id))
	if len(found) != 1 || *found[0].FlowLogId != id || *found[0].DeliverLogsStatus != "SUCCESS" || *found[0].MaxAggregationInterval != 600 || len(found[0].Tags) != 1 {
		t.Errorf("it is shown as %+v", found)
	}
	if n := len(find(filter("tag:k", "v"))) + 2*len(find(filter("tag:k", "w"))); n != 1 {
		t.Errorf("by tag: %d", n)
	}
	unknown := "fl-0123456789abcdef0"
	_, err := a.ec2.DescribeFlowLogs(a.ctx(), &ec2.DescribeFlowLogsInput{FlowLogIds: []string{unknown}})
	a.wantRefused("an unknown one", err, http.StatusBadRequest, "InvalidFlowLogId.NotFound")
	gone := must[*ec2.DeleteFlowLogsOutput](a)(a.ec2.DeleteFlowLogs(a.ctx(), &ec2.DeleteFlowLogsInput{FlowLogIds: []string{id, unknown}}))
	if len(gone.Unsuccessful) != 1 || *gone.Unsuccessful[0].ResourceId != unknown || *gone.Unsuccessful[0].Error.Code != "InvalidFlowLogId.NotFound" {
		t.Errorf("the delete answers %+v", gone)
	}
	if left := find(nil); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}
