package e2e

import (
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// filledIn are the fields that AWS fills in, of the samples that leave them out.
var filledIn = map[string]fields{
	"ec2.Instance":        {"hibernationOptions": fields{"configured": false}, "sourceDestCheckEnabled": true},
	"ec2.VPC":             {"enableNetworkAddressUsageMetrics": false},
	"iam.InstanceProfile": {"path": "/"},
	"iam.Policy":          {"path": "/"},
	"iam.Role":            {"path": "/", "maxSessionDuration": int64(3600)},
}

// specWith is the spec as the API server has it, with fields that AWS filled in.
func (s sample) specWith(filled fields) fields {
	spec := s.spec()
	maps.Copy(spec, filled)
	return spec
}

// What AWS fills in stands in the spec when the object is synced, by one write
// that wakes nobody; what a person takes out comes back.
func TestFieldsThatAWSFillsIn(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		mark := lastSeq(t)
		o := team.apply(t, s.kind, "late", s.spec())
		o.awaitSynced(t)
		w.result(t, o.ref)
		first, calls := runOf(t, o), callsSince(t, team.account, mark)
		filled := filledIn[s.kind]
		if diff := cmp.Diff(s.specWith(filled), o.get(t).Object["spec"]); diff != "" {
			t.Errorf("spec (-want +got):\n%s", diff)
		}
		generation := int64(1)
		if len(filled) > 0 {
			generation++
		}
		if got := o.get(t).GetGeneration(); got != generation {
			t.Errorf("generation %d, want %d", got, generation)
		}
		// By the time when a VPC was made, all that our write caused has begun.
		team.apply(t, "ec2.VPC", "after", vpcSpec()).awaitSynced(t)
		if run := runOf(t, o); run != first {
			t.Errorf("our own write began another run:\n%s", w.story(o.ref))
		}
		levels := slices.DeleteFunc(activitiesOf(w.history(t, o.ref.WorkflowID(), first)), func(name string) bool { return name != resource.KubeLevel })
		// The bridge may hear of the team's namespace and role later than of the
		// object, and wake it for those as well.
		if wakes := o.wakes(t, first); len(levels) > len(wakes) || slices.Contains(wakes, "spec changed") {
			t.Errorf("%d passes for %q, with the calls %q", len(levels), wakes, calls)
		}
		o.wantQuiet(t, team)
		for field, value := range filled {
			o.patch(t, mergePatch(t, fields{"spec": fields{field: nil}}))
			o.awaitSynced(t)
			if diff := cmp.Diff(value, o.get(t).Object["spec"].(fields)[field]); diff != "" {
				t.Errorf("%s after it was taken out (-want +got):\n%s", field, diff)
			}
		}
	})
}

// A field that AWS filled in is wanted from then on: drift is corrected.
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
		t.Errorf("sessions of %d s, want those of the spec, 3600", got)
	}
}
