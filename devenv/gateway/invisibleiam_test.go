package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func TestNotVisibleYetInIAM(t *testing.T) {
	a := newAccount(t)
	ids, lists := a.hide("*", ByID), a.hide("*", ByFilter)
	a.role("new")
	arn := a.policy("new")
	must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("new")}))
	name := aws.String("new")
	reads := map[string]func() error{
		"GetRole": func() error { _, err := a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: name}); return err },
		"ListAttachedRolePolicies": func() error {
			_, err := a.iam.ListAttachedRolePolicies(a.ctx(), &iam.ListAttachedRolePoliciesInput{RoleName: name})
			return err
		},
		"GetPolicy": func() error { _, err := a.iam.GetPolicy(a.ctx(), &iam.GetPolicyInput{PolicyArn: arn}); return err },
		"GetInstanceProfile": func() error {
			_, err := a.iam.GetInstanceProfile(a.ctx(), &iam.GetInstanceProfileInput{InstanceProfileName: name})
			return err
		},
	}
	listed := func() int {
		return len(must[*iam.ListRolesOutput](a)(a.iam.ListRoles(a.ctx(), &iam.ListRolesInput{})).Roles) +
			len(must[*iam.ListPoliciesOutput](a)(a.iam.ListPolicies(a.ctx(), &iam.ListPoliciesInput{Scope: "Local"})).Policies) +
			len(must[*iam.ListInstanceProfilesOutput](a)(a.iam.ListInstanceProfiles(a.ctx(), &iam.ListInstanceProfilesInput{})).InstanceProfiles)
	}
	for what, read := range reads {
		a.wantRefused(what, read(), http.StatusNotFound, "NoSuchEntity")
	}
	if n := listed(); n != 0 {
		t.Errorf("%d are listed", n)
	}
	// The name is still taken.
	_, err := a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: aws.String(trustDocument)})
	a.wantRefused("creating it again", err, http.StatusConflict, "EntityAlreadyExists")
	a.endRule(ids)
	a.endRule(lists)
	for what, read := range reads {
		if err := read(); err != nil {
			t.Errorf("%s after the delay: %v", what, err)
		}
	}
	if n := listed(); n != 3 {
		t.Errorf("%d are listed after the delay, want 3", n)
	}
}

func TestProfileNotKnownToEC2Yet(t *testing.T) {
	a := newAccount(t)
	rule := a.hide("CreateInstanceProfile", ByReference)
	profile := must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("web")})).InstanceProfile
	subnet := a.subnet(a.vpc())
	run := func(by *types.IamInstanceProfileSpecification) error {
		_, err := a.ec2.RunInstances(a.ctx(), &ec2.RunInstancesInput{
			ImageId: aws.String("ami-12c6146b"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: &subnet, IamInstanceProfile: by,
		})
		return err
	}
	err := run(&types.IamInstanceProfileSpecification{Name: profile.InstanceProfileName})
	a.wantRefused("an instance with the name", err, http.StatusBadRequest, "InvalidParameterValue")
	if want := "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"; !strings.Contains(err.Error(), want) {
		t.Errorf("AWS says %q, not %v", want, err)
	}
	a.wantRefused("an instance with the ARN", run(&types.IamInstanceProfileSpecification{Arn: profile.Arn}), http.StatusBadRequest, "InvalidParameterValue")
	if _, err := a.iam.GetInstanceProfile(a.ctx(), &iam.GetInstanceProfileInput{InstanceProfileName: profile.InstanceProfileName}); err != nil {
		t.Errorf("IAM itself knows it: %v", err)
	}
	a.endRule(rule)
	if err := run(&types.IamInstanceProfileSpecification{Arn: profile.Arn}); err != nil {
		t.Error(err)
	}
}

func TestPrincipalNotKnownYet(t *testing.T) {
	a := newAccount(t)
	rule := a.hide("CreateRole", ByReference)
	a.role("trusted")
	document := aws.String(strings.Replace(trustDocument, `{"Service":"ec2.amazonaws.com"}`, `{"AWS":"arn:aws:iam::`+a.id+`:role/trusted"}`, 1))
	create := func() error {
		_, err := a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: document})
		return err
	}
	err := create()
	a.wantRefused("trusting it", err, http.StatusBadRequest, "MalformedPolicyDocument")
	if !strings.Contains(err.Error(), "Invalid principal in policy") {
		t.Errorf("AWS names the principal, got %v", err)
	}
	_, err = a.iam.PutRolePolicy(a.ctx(), &iam.PutRolePolicyInput{RoleName: aws.String("trusted"), PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument)})
	a.wantRefused("changing it", err, http.StatusNotFound, "NoSuchEntity")
	_, err = a.iam.UpdateAssumeRolePolicy(a.ctx(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("trusted"), PolicyDocument: document})
	a.wantRefused("trusting itself", err, http.StatusBadRequest, "MalformedPolicyDocument")
	a.endRule(rule)
	if err := create(); err != nil {
		t.Error(err)
	}
}

func TestBoundaryNotKnownYet(t *testing.T) {
	a := newAccount(t)
	rule := a.hide("CreatePolicy", ByReference)
	arn := a.policy("p")
	create := func() error {
		_, err := a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(trustDocument), PermissionsBoundary: arn})
		return err
	}
	a.wantRefused("a new boundary", create(), http.StatusNotFound, "NoSuchEntity")
	a.endRule(rule)
	if err := create(); err != nil {
		t.Error(err)
	}
}
