package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const policyDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`

func (a *account) policy(name string) *string {
	a.t.Helper()
	out := must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{PolicyName: &name, Path: aws.String("/a/"), PolicyDocument: aws.String(policyDocument)}))
	return out.Policy.Arn
}

func TestCreatePolicy(t *testing.T) {
	a := newAccount(t)
	long := strings.Replace(policyDocument, "Get*", "Get"+strings.Repeat("x", 6144), 1)
	for name, c := range map[string]struct {
		document string
		status   int
		code     string
	}{
		"no JSON":                   {"{", 400, "MalformedPolicyDocument"},
		"an empty document":         {"{}", 400, "MalformedPolicyDocument"},
		"a statement without sense": {strings.Replace(policyDocument, "Allow", "Hope", 1), 400, "MalformedPolicyDocument"},
		"a principal":               {strings.Replace(policyDocument, `"Action"`, `"Principal":"*","Action"`, 1), 400, "MalformedPolicyDocument"},
		"a long document":           {long, 409, "LimitExceeded"},
	} {
		_, err := a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: &c.document})
		a.wantRefused(name, err, c.status, c.code)
	}
	// White space does not count.
	spaced := policyDocument + strings.Repeat(" ", 7000)
	must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{PolicyName: aws.String("spaced"), PolicyDocument: &spaced}))
}

func TestPolicyVersions(t *testing.T) {
	a := newAccount(t)
	arn := a.policy("p")
	_, err := a.iam.CreatePolicyVersion(a.ctx(), &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String("{")})
	a.wantRefused("a malformed version", err, http.StatusBadRequest, "MalformedPolicyDocument")
	for range 4 {
		must[*iam.CreatePolicyVersionOutput](a)(a.iam.CreatePolicyVersion(a.ctx(), &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(policyDocument)}))
	}
	_, err = a.iam.CreatePolicyVersion(a.ctx(), &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(policyDocument)})
	a.wantRefused("version 6", err, http.StatusConflict, "LimitExceeded")
	_, err = a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: arn})
	a.wantRefused("deleting a policy with versions", err, http.StatusConflict, "DeleteConflict")
	for _, v := range []string{"v2", "v3", "v4", "v5"} {
		must[*iam.DeletePolicyVersionOutput](a)(a.iam.DeletePolicyVersion(a.ctx(), &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: &v}))
	}
	must[*iam.DeletePolicyOutput](a)(a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: arn}))
}

func TestPolicyDocumentIsURLEncoded(t *testing.T) {
	a := newAccount(t)
	out := must[*iam.GetPolicyVersionOutput](a)(a.iam.GetPolicyVersion(a.ctx(), &iam.GetPolicyVersionInput{PolicyArn: a.policy("p"), VersionId: aws.String("v1")}))
	if !strings.HasPrefix(*out.PolicyVersion.Document, "%7B%22Version%22") {
		t.Errorf("the document is %s", *out.PolicyVersion.Document)
	}
}

func TestListsLeaveOutWhatIAMLeavesOut(t *testing.T) {
	a := newAccount(t)
	arn := must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{
		PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument), Description: aws.String("d"),
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	})).Policy.Arn
	list := must[*iam.ListPoliciesOutput](a)(a.iam.ListPolicies(a.ctx(), &iam.ListPoliciesInput{Scope: "Local"}))
	if p := list.Policies[0]; p.Description != nil || len(p.Tags) > 0 || *p.Arn != *arn {
		t.Errorf("listed as %+v", p)
	}
	got := must[*iam.GetPolicyOutput](a)(a.iam.GetPolicy(a.ctx(), &iam.GetPolicyInput{PolicyArn: arn}))
	if p := got.Policy; *p.Description != "d" || len(p.Tags) != 1 {
		t.Errorf("got as %+v", p)
	}
	versions := must[*iam.ListPolicyVersionsOutput](a)(a.iam.ListPolicyVersions(a.ctx(), &iam.ListPolicyVersionsInput{PolicyArn: arn}))
	if v := versions.Versions[0]; v.Document != nil || !v.IsDefaultVersion {
		t.Errorf("the version is listed as %+v", v)
	}
}

func TestDeleteAttachedPolicy(t *testing.T) {
	a := newAccount(t)
	arn := a.policy("p")
	a.role("r")
	must[*iam.AttachRolePolicyOutput](a)(a.iam.AttachRolePolicy(a.ctx(), &iam.AttachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	_, err := a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: arn})
	a.wantRefused("deleting an attached policy", err, http.StatusConflict, "DeleteConflict")
	must[*iam.DetachRolePolicyOutput](a)(a.iam.DetachRolePolicy(a.ctx(), &iam.DetachRolePolicyInput{RoleName: aws.String("r"), PolicyArn: arn}))
	must[*iam.DeletePolicyOutput](a)(a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: arn}))
}
