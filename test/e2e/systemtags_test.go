package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// systemTags are what CloudFormation and Auto Scaling put on what they make.
var systemTags = map[string]string{
	"aws:cloudformation:stack-name": "web", "aws:cloudformation:logical-id": "Main", "aws:cloudformation:stack-id": "arn:aws:cloudformation:::stack/web/1",
	"aws:autoscaling:groupName": "web",
}

// tagging is how IAM tags a kind: the action, and the parameter with the name or the ARN.
var tagging = map[string][2]string{
	"iam.Role": {"TagRole", "RoleName"}, "iam.User": {"TagUser", "UserName"}, "iam.Policy": {"TagPolicy", "PolicyArn"},
	"iam.InstanceProfile": {"TagInstanceProfile", "InstanceProfileName"}, "iam.OpenIDConnectProvider": {"TagOpenIDConnectProvider", "OpenIDConnectProviderArn"},
}

// belongsToAStack puts AWS's own tags on a resource, as CloudFormation and Auto Scaling do. name is its
// id, or its name where IAM has it in the request.
func (team team) belongsToAStack(t *testing.T, kind, name string) {
	t.Helper()
	service, _, _ := strings.Cut(kind, ".")
	params, prefix := map[string]string{"Action": "CreateTags", "ResourceId.1": name}, "Tag."
	if how, ofIAM := tagging[kind]; ofIAM {
		params, prefix = map[string]string{"Action": how[0], how[1]: name}, "Tags.member."
	}
	n := 0
	for key, value := range systemTags {
		n++
		params[fmt.Sprint(prefix, n, ".Key")], params[fmt.Sprint(prefix, n, ".Value")] = key, value
	}
	if err := w.AWS.CallAsService(t.Context(), gateway.ServiceCall{Account: team.account, Region: stack.Region, Service: service, Params: params}); err != nil {
		t.Fatal(err)
	}
}

// wantTags checks the user's tag of a resource, and that AWS's own tags are as AWS set them.
func (team team) wantTags(t *testing.T, s sample, id, value string) {
	t.Helper()
	got := map[string]string{}
	for key, value := range s.tags(t, team.account, id) {
		if key == "team" || strings.HasPrefix(strings.ToLower(key), "aws:") {
			got[key] = value
		}
	}
	want := map[string]string{"team": value}
	maps.Copy(want, systemTags)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tags of %s (-want +got):\n%s", id, diff)
	}
}

// AWS's own tags stay as they are through the life of a resource: created from a spec that has one,
// changed, released, adopted, changed, no longer adopted, deleted. The journal shows that Tack neither
// sends nor removes one.
func TestSystemTags(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		if s.noTags {
			t.Skip("it has no tags")
		}
		spec := s.spec()
		spec["tags"] = append(teamA(), fields{"key": "AWS:CloudFormation:Stack-Name", "value": "x"})
		first := team.apply(t, s.kind, "first", spec)
		id := first.awaitSynced(t)
		if advice := adviceOf(first.get(t)); !strings.HasPrefix(advice["SystemTagIgnored"], `spec.tags[1].key: "AWS:CloudFormation:Stack-Name" is ignored`) {
			t.Errorf("the advice is %q", advice)
		}
		team.belongsToAStack(t, s.kind, nameOf(first.kind, id, first.get(t)))
		first.wantQuiet(t, team)
		first.patch(t, `{"spec":{"tags":[{"key":"team","value":"b"}]}}`)
		first.awaitSynced(t)
		team.wantTags(t, s, id, "b")
		was := first.get(t)
		first.release(t)
		team.wantTags(t, s, id, "b")

		second := team.object(s.kind, "second")
		second.adopts(t, corev1alpha1.AdoptionPolicyAdopt, nameOf(second.kind, id, was), required(t, second.kind, was))
		second.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "belongs to the Auto Scaling group web")
		second.annotate(t, corev1alpha1.AnnotationAdoptionForce, "true")
		if got := second.awaitSynced(t); got != id {
			t.Errorf("it adopted %s, want %s", got, id)
		}
		u := second.await(t, "the tags of AWS in the spec", soon, func(u *unstructured.Unstructured) bool {
			tags, _, _ := unstructured.NestedSlice(u.Object, "spec", "tags")
			return len(tags) > 0
		})
		tags, _, _ := unstructured.NestedSlice(u.Object, "spec", "tags")
		if diff := cmp.Diff([]any{fields{"key": "team", "value": "b"}}, tags); diff != "" {
			t.Errorf("the tags in the spec (-want +got):\n%s", diff)
		}
		second.wantQuiet(t, team)
		second.patch(t, `{"spec":{"tags":[{"key":"team","value":"c"}]}}`)
		second.awaitSynced(t)
		second.annotate(t, corev1alpha1.AnnotationAdoptionPolicy, "")
		second.annotate(t, corev1alpha1.AnnotationAdoptionForce, "")
		second.wantQuiet(t, team)
		team.wantTags(t, s, id, "c")
		deleteAll(t, second)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
		for _, e := range entriesSince(t, team.account, 0) {
			if len(e.SystemTags) > 0 {
				t.Errorf("%s sent the keys %q", e.Action, e.SystemTags)
			}
		}
	})
}

// A user may have 48 tags beside AWS's own, which count toward no limit. The data of a launch template
// is sent without AWS's own tags.
func TestSystemTagsCountTowardNoLimit(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := vpc.awaitSynced(t)
	team.belongsToAStack(t, "ec2.VPC", id)
	vpc.retag(t, 48)
	if n, want := len(ec2Tags(t, team.account, id)), 50+len(systemTags); n != want {
		t.Errorf("the VPC has %d tags, want %d", n, want)
	}
	template := team.apply(t, "ec2.LaunchTemplate", "web", templateSpec(fields{"tagSpecifications": []any{
		fields{"resourceType": "instance", "tags": []any{fields{"key": "team", "value": "a"}, fields{"key": "aws:autoscaling:groupName", "value": "web"}}},
	}}))
	template.awaitSynced(t)
	if advice := adviceOf(template.get(t)); !strings.HasPrefix(advice["SystemTagIgnored"], `spec.data.tagSpecifications[0].tags[1].key: "aws:autoscaling:groupName" is ignored`) {
		t.Errorf("the advice is %q", advice)
	}
	template.wantQuiet(t, team)
	deleteAll(t, vpc, template)
}

// checkSystemTags checks that no call of a test run, set or removed a tag of AWS's own.
func (w *world) checkSystemTags(ctx context.Context) error {
	entries, err := w.AWS.Journal(ctx, gateway.Query{})
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	if at := slices.IndexFunc(entries, func(e gateway.Entry) bool { return len(e.SystemTags) > 0 }); at >= 0 {
		return fmt.Errorf("checking AWS's own tags: %s in account %s sent the keys %q", entries[at].Action, entries[at].Account, entries[at].SystemTags)
	}
	return nil
}
