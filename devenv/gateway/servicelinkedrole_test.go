package gateway

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// A second service-linked role is refused by its name. A deletion is a task, which is the same while
// AWS is at work.
func TestServiceLinkedRole(t *testing.T) {
	a := newAccount(t)
	create := func(service string, suffix *string) (*iam.CreateServiceLinkedRoleOutput, error) {
		return a.iam.CreateServiceLinkedRole(a.ctx(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: &service, CustomSuffix: suffix})
	}
	const service = "autoscaling.amazonaws.com"
	name := must[*iam.CreateServiceLinkedRoleOutput](a)(create(service, aws.String("a"))).Role.RoleName
	if *name != "AWSServiceRoleForAutoScaling_a" {
		t.Errorf("made %s", *name)
	}
	_, err := create(service, aws.String("a"))
	a.wantRefused("the same again", err, http.StatusBadRequest, "InvalidInput")
	must[*iam.CreateServiceLinkedRoleOutput](a)(create(service, nil))
	_, err = create(service, nil)
	a.wantRefused("the same without a suffix", err, http.StatusBadRequest, "InvalidInput")
	_, err = create("transitgateway.amazonaws.com", aws.String("a"))
	a.wantRefused("a suffix for a service with one role", err, http.StatusBadRequest, "InvalidInput")
	_, err = a.iam.DeleteRole(a.ctx(), &iam.DeleteRoleInput{RoleName: name})
	a.wantRefused("deleting it as a role", err, http.StatusBadRequest, "UnmodifiableEntity")
	_, err = a.iam.UpdateRole(a.ctx(), &iam.UpdateRoleInput{RoleName: name, Description: aws.String("d"), MaxSessionDuration: aws.Int32(3600)})
	a.wantRefused("changing more than its description", err, http.StatusBadRequest, "UnmodifiableEntity")
	must[*iam.UpdateRoleOutput](a)(a.iam.UpdateRole(a.ctx(), &iam.UpdateRoleInput{RoleName: name, Description: aws.String("d")}))

	must[*iam.TagRoleOutput](a)(a.iam.TagRole(a.ctx(), &iam.TagRoleInput{RoleName: name, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}))
	remove := func() *string {
		t.Helper()
		return must[*iam.DeleteServiceLinkedRoleOutput](a)(a.iam.DeleteServiceLinkedRole(a.ctx(), &iam.DeleteServiceLinkedRoleInput{RoleName: name})).DeletionTaskId
	}
	task := remove()
	if again := remove(); *again != *task {
		t.Errorf("a repeat starts %s, want %s", *again, *task)
	}
	status := func() types.DeletionTaskStatusType {
		t.Helper()
		return must[*iam.GetServiceLinkedRoleDeletionStatusOutput](a)(a.iam.GetServiceLinkedRoleDeletionStatus(a.ctx(), &iam.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task})).Status
	}
	if got := status(); got != types.DeletionTaskStatusTypeInProgress {
		t.Errorf("at first the task is %s", got)
	}
	for end := time.Now().Add(10 * time.Second); status() != types.DeletionTaskStatusTypeSucceeded; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the task does not end")
		}
	}
	_, err = a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: name})
	a.wantRefused("reading it after the deletion", err, http.StatusNotFound, "NoSuchEntity")
	_, err = a.iam.DeleteServiceLinkedRole(a.ctx(), &iam.DeleteServiceLinkedRoleInput{RoleName: name})
	a.wantRefused("deleting it again", err, http.StatusNotFound, "NoSuchEntity")
}
