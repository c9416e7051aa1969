package e2e

import (
	"crypto/sha1" //nolint:gosec // a thumbprint is one
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// filledIn lists the fields that AWS fills in, for the samples that omit them.
var filledIn = map[string]fields{
	"ec2.Instance":                        {"hibernationOptions": fields{"configured": false}, "sourceDestCheckEnabled": true},
	"ec2.VPCEndpoint":                     {"policyDocument": `{"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`},
	"ec2.VPCEndpointServiceConfiguration": {"supportedRegions": []any{stack.Region}},
	"ec2.VPC":                             {"enableNetworkAddressUsageMetrics": false},
	"iam.Group":                           {"path": "/"},
	"iam.InstanceProfile":                 {"path": "/"},
	// The local AWS derives the thumbprint from the URL.
	"iam.OpenIDConnectProvider": {"thumbprints": []any{fmt.Sprintf("%x", sha1.Sum([]byte(providerURL)))}}, //nolint:gosec // as moto does
	"iam.Policy":                {"path": "/"},
	"iam.User":                  {"path": "/"},
	"iam.Role":                  {"path": "/", "maxSessionDuration": int64(3600)},
}

// specWith returns the spec of the API server, with the fields that AWS filled in.
func (s sample) specWith(filled fields) fields {
	spec := s.spec()
	maps.Copy(spec, filled)
	return spec
}

// When the object is synced, its spec contains the values that AWS chose. Tack adds them in one
// write that wakes no run. If a user removes such a value, it comes back.
func TestFieldsThatAWSFillsIn(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		mark := lastSeq(t)
		o := team.apply(t, s.kind, "late", s.spec())
		o.awaitSynced(t)
		w.result(t, o.ref)
		first, calls := runOf(t, o), callsSince(t, team.account, mark)
		filled := filledIn[s.kind]
		if diff := cmp.Diff(o.withIDs(t, s.specWith(filled)), o.get(t).Object["spec"]); diff != "" {
			t.Errorf("spec (-want +got):\n%s", diff)
		}
		generation := int64(1)
		if len(filled) > 0 {
			generation++
		}
		if got := o.get(t).GetGeneration(); got != generation {
			t.Errorf("generation %d, want %d", got, generation)
		}
		// Everything that our write could cause has started by the time a VPC is created.
		team.apply(t, "ec2.VPC", "after", vpcSpec()).awaitSynced(t)
		if run := runOf(t, o); run != first {
			t.Errorf("our own write started another run:\n%s", w.story(o.ref))
		}
		levels := slices.DeleteFunc(activitiesOf(w.history(t, o.ref.WorkflowID(), first)), func(name string) bool { return name != resource.KubeLevel })
		// The bridge may learn of the team's namespace and role later than of the object, and wake
		// the object for those as well.
		if wakes := o.wakes(t, first); len(levels) > len(wakes) || slices.Contains(wakes, "spec changed") {
			t.Errorf("%d passes for %q, with the calls %q", len(levels), wakes, calls)
		}
		o.wantQuiet(t, team)
		for field, value := range filled {
			o.patch(t, mergePatch(t, fields{"spec": fields{field: nil}}))
			o.awaitSynced(t)
			if diff := cmp.Diff(value, o.get(t).Object["spec"].(fields)[field]); diff != "" {
				t.Errorf("%s after it was removed (-want +got):\n%s", field, diff)
			}
		}
	})
}

// A field that AWS filled in is part of the desired state from then on: Tack corrects drift.
func TestDriftOfAFieldThatAWSFilledIn(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "iam.Role", "web", fields{"name": "web", "assumeRolePolicyDocument": trustEC2})
	o.awaitSynced(t)
	w.result(t, o.ref)
	client := awsiam.NewFromConfig(w.config(t, team.account))
	if _, err := client.UpdateRole(t.Context(), &awsiam.UpdateRoleInput{RoleName: aws.String("web"), MaxSessionDuration: aws.Int32(7200)}); err != nil {
		t.Fatal(err)
	}
	w.force(t, o.ref)
	w.result(t, o.ref)
	role, err := client.GetRole(t.Context(), &awsiam.GetRoleInput{RoleName: aws.String("web")})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToInt32(role.Role.MaxSessionDuration); got != 3600 {
		t.Errorf("sessions of %d s, want the spec's 3600 s", got)
	}
}
