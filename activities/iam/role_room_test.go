package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// A role at its quota of policies can change: one policy is removed for each missing one.
func TestRoomInAFullRole(t *testing.T) {
	want := roleSpec(t, `{policies: ["`+arnB+`"]}`)
	full := gotRole()
	full.attached = append(full.attached, "arn:aws:iam::aws:policy/c")
	c := kind.Case{ID: roleARN, Tags: map[string]string{"Env": "dev"}}
	add := roleKind.Draft(want, full, c).Steps[0]
	quota := resource.Failure{Step: add, Class: resource.Quota}
	attach, detach := `1 AttachPolicy {"PolicyArn":"`+arnB+`","RoleName":"web"}`, ` DetachPolicy {"PolicyArn":"`+arnA+`","RoleName":"web"}`
	other := `2 DetachPolicy {"PolicyArn":"arn:aws:iam::aws:policy/c","RoleName":"web"}`
	for name, test := range map[string]struct {
		failures []resource.Failure
		done     []resource.Done
		boundary *string
		want     []string
		again    bool
	}{
		"at the quota":      {failures: []resource.Failure{quota}, want: []string{"0" + detach, attach, other}, again: true},
		"room is made":      {failures: []resource.Failure{quota}, done: []resource.Done{{Verb: "DetachPolicy"}}, want: []string{attach, "2" + detach, other}, again: true},
		"room did not help": {failures: []resource.Failure{quota, quota}, done: []resource.Done{{Verb: "DetachPolicy"}}, want: []string{attach, "2" + detach, other}},
		"not bounded yet": {failures: []resource.Failure{quota}, boundary: aws.String(arnB),
			want: []string{`0 PutPermissionsBoundary {"PermissionsBoundary":"` + arnB + `","RoleName":"web"}`, attach, "2" + detach, other}},
	} {
		t.Run(name, func(t *testing.T) {
			c, want := c, want
			c.Failures, c.Done, want.PermissionsBoundary = test.failures, test.done, test.boundary
			steps := roleKind.Draft(want, full, c).Steps
			if diff := cmp.Diff(test.want, described(steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			for _, step := range steps {
				if step.Again != (test.again && step.Same(add)) {
					t.Errorf("%s is tried again: %t", step.Summary, step.Again)
				}
			}
		})
	}
}
