package iam

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// scripted answers each action of IAM with the content of its result, and records the actions.
type scripted struct {
	answers map[string]string
	asked   []string
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	action := r.Form.Get("Action")
	s.asked = append(s.asked, action)
	body := "<" + action + "Response><" + action + "Result>" + s.answers[action] + "</" + action + "Result></" + action + "Response>"
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (s *scripted) client() *awsiam.Client {
	return awsiam.New(awsiam.Options{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""), HTTPClient: &http.Client{Transport: s},
	})
}

// Before a teardown of several steps, reads show what would make AWS refuse the last one.
func TestDeletionAsksFirst(t *testing.T) {
	const (
		getPolicy = `<Policy><Arn>arn:aws:iam::1:policy/p</Arn><PolicyName>p</PolicyName><AttachmentCount>`
		versions  = `<Versions><member><VersionId>v1</VersionId></member><member><VersionId>v2</VersionId><IsDefaultVersion>true</IsDefaultVersion></member></Versions>`
		getRole   = `<Role><Arn>arn:aws:iam::1:role/r</Arn><RoleName>r</RoleName></Role>`
	)
	here := resource.Target{Partition: "aws", AccountID: "1"}
	policy := func(ctx context.Context, client *awsiam.Client) (kind.Facts, int, error) {
		got, err := policyKind.Find(ctx, client, kind.Query[iamv1alpha1.PolicySpec]{ID: "arn:aws:iam::1:policy/p", Target: here, Deleting: true})
		return kind.Facts{Held: holders.Wait("arn:p", got.users)}, len(unplanPolicy(got)), err
	}
	role := func(ctx context.Context, client *awsiam.Client) (kind.Facts, int, error) {
		got, err := roleKind.Find(ctx, client, kind.Query[iamv1alpha1.RoleSpec]{ID: "arn:aws:iam::1:role/r", Target: here, Want: iamv1alpha1.RoleSpec{Name: aws.String("r")}, Deleting: true})
		return kind.Facts{Held: holders.Wait("arn:r", got.profiles)}, len(unplanRole(got)), err
	}
	stays := func(ctx context.Context, client *awsiam.Client) (kind.Facts, int, error) {
		policy, err := policyKind.Find(ctx, client, kind.Query[iamv1alpha1.PolicySpec]{ID: "arn:aws:iam::1:policy/p", Target: here, Deleting: true, Retain: true})
		if err != nil {
			return kind.Facts{}, 0, err
		}
		role, err := roleKind.Find(ctx, client, kind.Query[iamv1alpha1.RoleSpec]{ID: "arn:aws:iam::1:role/r", Target: here, Want: iamv1alpha1.RoleSpec{Name: aws.String("r")}, Deleting: true, Retain: true})
		return kind.Facts{Held: holders.Wait("arn:p", append(policy.users, role.profiles...))}, len(unplanPolicy(policy)), err
	}
	for name, test := range map[string]struct {
		find    func(context.Context, *awsiam.Client) (kind.Facts, int, error)
		answers map[string]string
		held    string // the holder that the wait names
		steps   int
		asked   []string
	}{
		"a policy that nothing uses": {policy, map[string]string{"GetPolicy": getPolicy + `0</AttachmentCount></Policy>`, "ListPolicyVersions": versions},
			"", 2, []string{"GetPolicy", "ListPolicyVersions"}},
		"a policy and a role that stay": {stays, map[string]string{
			"GetPolicy": getPolicy + `1</AttachmentCount></Policy>`, "ListPolicyVersions": versions,
			"GetRole": getRole, "ListRolePolicies": `<PolicyNames><member>a</member></PolicyNames>`,
		}, "", 2, []string{"GetPolicy", "ListPolicyVersions", "GetRole", "ListAttachedRolePolicies", "ListRolePolicies"}},
		"an attached policy": {policy, map[string]string{
			"GetPolicy":             getPolicy + `1</AttachmentCount></Policy>`,
			"ListEntitiesForPolicy": `<PolicyUsers><member><UserName>ann</UserName></member></PolicyUsers>`,
		}, "user ann", 1, []string{"GetPolicy", "ListEntitiesForPolicy"}},
		"a policy that bounds": {policy, map[string]string{
			"GetPolicy":             getPolicy + `0</AttachmentCount><PermissionsBoundaryUsageCount>2</PermissionsBoundaryUsageCount></Policy>`,
			"ListEntitiesForPolicy": `<PolicyRoles><member><RoleName>x</RoleName></member></PolicyRoles>`,
		}, "role x", 1, []string{"GetPolicy", "ListEntitiesForPolicy"}},
		"an attached policy without a list of holders": {policy, map[string]string{"GetPolicy": getPolicy + `3</AttachmentCount></Policy>`},
			"3 users, groups or roles", 1, []string{"GetPolicy", "ListEntitiesForPolicy"}},
		"a role without policies": {role, map[string]string{"GetRole": getRole}, "", 1, []string{"GetRole", "ListAttachedRolePolicies", "ListRolePolicies"}},
		"a role with a policy, in a profile": {role, map[string]string{
			"GetRole": getRole, "ListRolePolicies": `<PolicyNames><member>a</member></PolicyNames>`,
			"ListInstanceProfilesForRole": `<InstanceProfiles><member><InstanceProfileName>web</InstanceProfileName></member></InstanceProfiles>`,
		}, "instance profile web", 2, []string{"GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "ListInstanceProfilesForRole"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{answers: test.answers}
			facts, steps, err := test.find(t.Context(), s.client())
			if err != nil {
				t.Fatal(err)
			}
			named := facts.Held == nil && test.held == "" || facts.Held != nil && test.held != "" && strings.Contains(facts.Held.Message, test.held)
			if !named || steps != test.steps {
				t.Errorf("held %+v with %d steps, want %q and %d", facts.Held, steps, test.held, test.steps)
			}
			if diff := cmp.Diff(test.asked, s.asked); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
		})
	}
}
