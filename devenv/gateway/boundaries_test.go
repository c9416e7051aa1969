package gateway

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// A policy counts and lists the roles that it bounds.
func TestBoundariesOfAPolicy(t *testing.T) {
	a := newAccount(t)
	a.role("r")
	arn := a.policy("p")
	look := func() (int32, []string) {
		got := must[*iam.GetPolicyOutput](a)(a.iam.GetPolicy(a.ctx(), &iam.GetPolicyInput{PolicyArn: arn}))
		var roles []string
		for _, r := range must[*iam.ListEntitiesForPolicyOutput](a)(a.iam.ListEntitiesForPolicy(a.ctx(), &iam.ListEntitiesForPolicyInput{PolicyArn: arn})).PolicyRoles {
			roles = append(roles, *r.RoleName)
		}
		return aws.ToInt32(got.Policy.PermissionsBoundaryUsageCount), roles
	}
	if n, roles := look(); n != 0 || len(roles) > 0 {
		t.Errorf("at first it bounds %d: %v", n, roles)
	}
	must[*iam.PutRolePermissionsBoundaryOutput](a)(a.iam.PutRolePermissionsBoundary(a.ctx(), &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: arn}))
	if n, roles := look(); n != 1 || len(roles) != 1 || roles[0] != "r" {
		t.Errorf("it bounds %d: %v, want the role r", n, roles)
	}
}
