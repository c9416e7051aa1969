package gateway

import (
	"net/http"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// AWS's own policies are attached like those of the account, and no account can change them.
func TestPoliciesOfAWS(t *testing.T) {
	if os.Getenv("TACK_MOTO") == "" {
		t.Skip("TACK_MOTO doesn't name a tack_moto to test against")
	}
	t.Parallel()
	moto, cmd, err := startMoto("MOTO_IAM_LOAD_MANAGED_POLICIES=true") // as devenv/stack does
	t.Cleanup(func() { stopMoto(cmd) })
	if err != nil {
		t.Fatal(err)
	}
	a := newAccountOf(t, moto, func(own *upstream) *upstream { return own })
	a.role("r")
	readOnly, viewOnly := aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess"), aws.String("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")
	for _, arn := range []*string{readOnly, viewOnly, readOnly} {
		must[*iam.AttachRolePolicyOutput](a)(a.iam.AttachRolePolicy(a.ctx(), &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	}
	attached := must[*iam.ListAttachedRolePoliciesOutput](a)(a.iam.ListAttachedRolePolicies(a.ctx(), &iam.ListAttachedRolePoliciesInput{RoleName: aws.String("r")}))
	if len(attached.AttachedPolicies) != 2 {
		t.Errorf("attached are %+v, want two", attached.AttachedPolicies)
	}
	must[*iam.PutRolePermissionsBoundaryOutput](a)(a.iam.PutRolePermissionsBoundary(a.ctx(), &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: readOnly}))
	_, err = a.iam.AttachRolePolicy(a.ctx(), &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: aws.String("arn:aws:iam::aws:policy/NoSuchAccess")})
	a.wantRefused("a policy that AWS does not have", err, http.StatusNotFound, "NoSuchEntity")
	for _, arn := range []*string{readOnly, viewOnly} {
		must[*iam.DetachRolePolicyOutput](a)(a.iam.DetachRolePolicy(a.ctx(), &iam.DetachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	}
}
