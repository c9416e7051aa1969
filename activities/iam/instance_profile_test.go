package iam

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var profileKind = definition[iamv1alpha1.InstanceProfileSpec, instanceProfile](InstanceProfile())

const profileARN = "arn:aws:iam::111122223333:instance-profile/team/web"

// profileSpec returns a spec that gotProfile of its role matches, with fields replaced.
func profileSpec(t *testing.T, fields string) (want iamv1alpha1.InstanceProfileSpec) {
	t.Helper()
	want = iamv1alpha1.InstanceProfileSpec{Name: aws.String("web"), Path: aws.String("/team/"), Role: aws.String("a")}
	if err := yaml.UnmarshalStrict([]byte(fields), &want); err != nil {
		t.Fatalf("reading the spec: %v\n%s", err, fields)
	}
	return want
}

func gotProfile(roles ...string) *instanceProfile {
	got := &instanceProfile{
		InstanceProfile: types.InstanceProfile{
			Arn: aws.String(profileARN), InstanceProfileName: aws.String("web"), InstanceProfileId: aws.String("AIPA1"), Path: aws.String("/team/"),
			Tags: []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}},
		},
		Identity: Identity{profileARN},
	}
	for _, role := range roles {
		got.Roles = append(got.Roles, types.Role{RoleName: aws.String(role)})
	}
	return got
}

func TestPlanProfile(t *testing.T) {
	const addA = `1 AddRole {"InstanceProfileName":"web","RoleName":"a"}`
	for name, test := range map[string]struct {
		spec string
		got  *instanceProfile
		tags map[string]string
		want []string
	}{
		"new":                                   {spec: `{}`, want: []string{addA}},
		"new, without a role":                   {spec: `{role: null}`},
		"new, its role is not resolved":         {spec: `{role: null, roleRef: {from: {name: a}}}`},
		"nothing to do":                         {spec: `{}`, got: gotProfile("a")},
		"no role and none wanted":               {spec: `{role: null}`, got: gotProfile()},
		"the role went":                         {spec: `{}`, got: gotProfile(), want: []string{addA}},
		"the role is not resolved: none goes":   {spec: `{role: null, roleRef: {from: {name: a}}}`, got: gotProfile("b")},
		"no role any more":                      {spec: `{role: null}`, got: gotProfile("b"), want: []string{`0 RemoveRole {"InstanceProfileName":"web","RoleName":"b"}`}},
		"another role, for which there is room": {spec: `{roleRef: {from: {name: a}}}`, got: gotProfile("b"), want: []string{`0 RemoveRole {"InstanceProfileName":"web","RoleName":"b"}`, addA}},
		"a tag's value": {spec: `{}`, got: gotProfile("a"), tags: map[string]string{"Env": "prod"}, want: []string{
			`0 Tag {"InstanceProfileName":"web","Tags":[{"Key":"Env","Value":"prod"}]}`,
		}},
		"a tag for another": {spec: `{}`, got: gotProfile("a"), tags: map[string]string{"a": "1"}, want: []string{
			`0 Tag {"InstanceProfileName":"web","Tags":[{"Key":"a","Value":"1"}]}`,
			`1 Untag {"InstanceProfileName":"web","TagKeys":["Env"]}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := kind.Case{ID: profileARN, Tags: map[string]string{"Env": "dev"}}
			if test.tags != nil {
				c.Tags = test.tags
			}
			draft := profileKind.Draft(profileSpec(t, test.spec), test.got, c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

// The plan removes no role for one that AWS does not have or refuses. It puts back what was removed
// for such a one.
func TestProfileKeepsItsRole(t *testing.T) {
	const (
		addA, addB = `1 AddRole {"InstanceProfileName":"web","RoleName":"a"}`, `1 AddRole {"InstanceProfileName":"web","RoleName":"b"}`
		removeB    = `0 RemoveRole {"InstanceProfileName":"web","RoleName":"b"}`
	)
	absent := gotProfile("b")
	absent.absent = true
	first := planProfileRole(profileSpec(t, `{}`), gotProfile("b"), kind.Case{})
	if diff := cmp.Diff([]string{removeB, addA}, described(first)); diff != "" {
		t.Fatalf("the first plan (-want +got):\n%s", diff)
	}
	removed, added := resource.Done{Verb: string(removeProfileRole.Verb)}, resource.Done{Verb: string(addProfileRole.Verb)}
	refused := func(class resource.Class) []resource.Failure {
		return []resource.Failure{{Step: first[1], Code: "NoSuchEntity", Class: class}}
	}
	for name, test := range map[string]struct {
		got  *instanceProfile
		c    kind.Case
		want []string
	}{
		"a role that AWS does not have": {absent, kind.Case{}, []string{addA}},
		"refused":                       {gotProfile("b"), kind.Case{Failures: refused(resource.NotFound)}, []string{addA}},
		"refused after the removal":     {gotProfile(), kind.Case{Failures: refused(resource.NotFound), Done: []resource.Done{removed}}, []string{addA, addB}},
		"the read is late":              {gotProfile("b"), kind.Case{Failures: refused(resource.Denied), Done: []resource.Done{removed}}, []string{addA, addB}},
		"put back":                      {gotProfile("b"), kind.Case{Failures: refused(resource.NotFound), Done: []resource.Done{removed, added}}, []string{addA}},
		"its outcome is unknown":        {gotProfile(), kind.Case{Failures: refused(resource.Unclear), Done: []resource.Done{removed}}, []string{addA}},
	} {
		if diff := cmp.Diff(test.want, described(planProfileRole(profileSpec(t, `{}`), test.got, test.c))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Find reads the wanted role only if it replaces another.
func TestProfileAsksForTheWantedRole(t *testing.T) {
	for name, test := range map[string]struct {
		has, want string
		asks      bool
	}{
		"the same": {"a", "a", false}, "none yet": {"", "a", false}, "none wanted": {"b", "", false}, "another": {"b", "a", true},
	} {
		profile := `<InstanceProfile><Arn>` + profileARN + `</Arn><InstanceProfileName>web</InstanceProfileName><Roles>`
		if test.has != "" {
			profile += `<member><RoleName>` + test.has + `</RoleName></member>`
		}
		s := &scripted{answers: map[string]string{"GetInstanceProfile": profile + `</Roles></InstanceProfile>`, "GetRole": `<Role><RoleName>a</RoleName></Role>`}}
		got, err := profileKind.Find(t.Context(), s.client(), kind.Query[iamv1alpha1.InstanceProfileSpec]{ID: profileARN, Target: resource.Target{Partition: "aws", AccountID: "111122223333"}, Want: iamv1alpha1.InstanceProfileSpec{Role: aws.String(test.want)}})
		if err != nil || got.absent || slices.Contains(s.asked, "GetRole") != test.asks {
			t.Errorf("%s: asked %q, absent %t, error %v", name, s.asked, got != nil && got.absent, err)
		}
	}
}

func TestProfileCreate(t *testing.T) {
	step := profileKind.Create(profileSpec(t, `{path: null}`), kind.Making{
		Tags: map[string]string{"b": "2", "a": "1"}, Target: resource.Target{Partition: "aws-cn", AccountID: "111122223333"},
	})
	want := `{"InstanceProfileName":"web","Path":"/","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}`
	if diff := cmp.Diff(want, string(step.Input)); diff != "" || step.Key != "arn:aws-cn:iam::111122223333:instance-profile/web" {
		t.Errorf("key %s (-want +got):\n%s", step.Key, diff)
	}
}

func TestProfileNotes(t *testing.T) {
	draft := profileKind.Draft(profileSpec(t, `{name: other, path: /}`), gotProfile(), kind.Case{ID: profileARN, Tags: map[string]string{"Env": "dev"}})
	if diff := cmp.Diff([]string{
		`spec.name: AWS cannot change it; make a new object, or put back "web"`,
		`spec.path: AWS cannot change it; make a new object, or put back "/team/"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`1 AddRole {"InstanceProfileName":"web","RoleName":"a"}`}, described(draft.Steps)); diff != "" {
		t.Errorf("the rest of the change (-want +got):\n%s", diff)
	}
}

func TestUnplanProfile(t *testing.T) {
	if diff := cmp.Diff([]string{
		`0 RemoveRole {"InstanceProfileName":"web","RoleName":"b"}`,
		`1 Delete {"InstanceProfileName":"web"}`,
	}, described(unplanProfile(gotProfile("b")))); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`0 Untag {"InstanceProfileName":"web","TagKeys":["a","b"]}`}, described([]resource.Step{profileKind.Tagged.Remove(profileARN, []string{"a", "b"})})); diff != "" {
		t.Errorf("untag (-want +got):\n%s", diff)
	}
}

func TestProfileStatus(t *testing.T) {
	got := gotProfile("a")
	made := time.Unix(1, 0)
	got.CreateDate = &made
	if diff := cmp.Diff(iamv1alpha1.InstanceProfileStatus{
		InstanceProfileID: aws.String("AIPA1"), CreateDate: &metav1.Time{Time: made},
	}, profileKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckProfile(t *testing.T) {
	for fields, want := range map[string][]string{
		`{}`:           nil,
		`{role: null}`: nil,
		`{name: ""}`:   {"spec.name: an instance profile needs a name"},
		`{name: ` + strings.Repeat("x", 129) + `}`: {"spec.name: has 129 characters, AWS allows 128"},
		`{path: team}`:                     {`spec.path: "team" does not begin and end with /, or has spaces or characters outside ASCII`},
		`{role: "` + roleARN + `"}`:        {`spec.role: "` + roleARN + `" is not the name of a role`},
		`{tags: [{key: Env}, {key: env}]}`: nil,
	} {
		t.Run(fields, func(t *testing.T) {
			var got []string
			for _, i := range checkProfile(profileSpec(t, fields)) {
				got = append(got, i.Path+": "+i.Message)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
