package iam

import (
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

var roleKind = definition[iamv1alpha1.RoleSpec, role](Role())

const (
	roleARN = "arn:aws:iam::111122223333:role/team/web"
	trust   = `{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com","AWS":"111122223333"},"Action":"sts:AssumeRole"}}`
	arnA    = "arn:aws:iam::111122223333:policy/a"
	arnB    = "arn:aws:iam::aws:policy/b"
)

// roleSpec returns a spec that gotRole matches, with fields replaced.
func roleSpec(t *testing.T, fields string) (want iamv1alpha1.RoleSpec) {
	t.Helper()
	want = iamv1alpha1.RoleSpec{
		Name: aws.String("web"), Path: aws.String("/team/"), Description: aws.String("web servers"),
		AssumeRolePolicyDocument: aws.String(trust), Policies: []*string{aws.String(arnA)},
		InlinePolicies: map[string]*string{"logs": aws.String(document)},
	}
	if err := yaml.UnmarshalStrict([]byte(fields), &want); err != nil {
		t.Fatalf("reading the spec: %v\n%s", err, fields)
	}
	return want
}

// gotRole uses the forms that AWS prefers.
func gotRole() *role {
	return &role{
		Role: types.Role{
			Arn: aws.String(roleARN), RoleName: aws.String("web"), RoleId: aws.String("AROA1"), Path: aws.String("/team/"),
			Description: aws.String("web servers"), MaxSessionDuration: aws.Int32(3600),
			Tags: []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}},
		},
		Identity: Identity{roleARN},
		trust:    `{"Statement":[{"Action":["sts:AssumeRole"],"Principal":{"AWS":"arn:aws:iam::111122223333:root","Service":["ec2.amazonaws.com"]},"Effect":"Allow"}]}`,
		granted:  granted{attached: []string{arnA}, inline: map[string]string{"logs": `{"Statement":[{"Resource":["*"],"Action":["s3:GetObject"],"Effect":"Allow"}],"Version":"2012-10-17"}`}},
	}
}

func TestPlanRole(t *testing.T) {
	bounded := func() *role {
		got := gotRole()
		got.boundary = arnB
		return got
	}
	two := func() *role {
		got := gotRole()
		got.attached = append(got.attached, arnB)
		got.inline["old"] = ""
		return got
	}
	for name, test := range map[string]struct {
		spec string
		got  *role
		tags map[string]string
		want []string
	}{
		"new": {spec: `{}`, want: []string{
			`1 AttachPolicy {"PolicyArn":"` + arnA + `","RoleName":"web"}`,
			`1 PutInlinePolicy {"PolicyDocument":` + quoted(document) + `,"PolicyName":"logs","RoleName":"web"}`,
		}},
		"nothing to do, however it is written":          {spec: `{}`, got: gotRole()},
		"the length of a session is AWS's without ours": {spec: `{maxSessionDuration: null}`, got: gotRole()},
		"the length of a session": {spec: `{maxSessionDuration: 7200}`, got: gotRole(), want: []string{
			`0 Update {"Description":"web servers","MaxSessionDuration":7200,"RoleName":"web"}`,
		}},
		"no description": {spec: `{description: null}`, got: gotRole(), want: []string{
			`0 Update {"Description":"","MaxSessionDuration":3600,"RoleName":"web"}`,
		}},
		"another trust policy": {spec: `{assumeRolePolicyDocument: '{"Statement": []}'}`, got: gotRole(), want: []string{
			`0 UpdateTrustPolicy {"PolicyDocument":"{\"Statement\": []}","RoleName":"web"}`,
		}},
		"a boundary, before what it bounds": {spec: `{permissionsBoundary: "` + arnB + `", policies: ["` + arnA + `", "` + arnB + `"]}`, got: gotRole(), want: []string{
			`0 PutPermissionsBoundary {"PermissionsBoundary":"` + arnB + `","RoleName":"web"}`,
			`1 AttachPolicy {"PolicyArn":"` + arnB + `","RoleName":"web"}`,
		}},
		"the same boundary":    {spec: `{permissionsBoundary: "` + arnB + `"}`, got: bounded()},
		"another boundary":     {spec: `{permissionsBoundary: "` + arnA + `"}`, got: bounded(), want: []string{`0 PutPermissionsBoundary {"PermissionsBoundary":"` + arnA + `","RoleName":"web"}`}},
		"no boundary any more": {spec: `{}`, got: bounded(), want: []string{`2 DeletePermissionsBoundary {"RoleName":"web"}`}},
		"one policy for another": {spec: `{policies: ["` + arnB + `"]}`, got: gotRole(), want: []string{
			`1 AttachPolicy {"PolicyArn":"` + arnB + `","RoleName":"web"}`,
			`2 DetachPolicy {"PolicyArn":"` + arnA + `","RoleName":"web"}`,
		}},
		"policies in another order": {spec: `{policies: ["` + arnB + `", "` + arnA + `"]}`, got: two(), want: []string{
			`2 DeleteInlinePolicy {"PolicyName":"old","RoleName":"web"}`,
		}},
		"policies that somebody added": {spec: `{}`, got: two(), want: []string{
			`2 DetachPolicy {"PolicyArn":"` + arnB + `","RoleName":"web"}`,
			`2 DeleteInlinePolicy {"PolicyName":"old","RoleName":"web"}`,
		}},
		"a reference that is not resolved: nothing goes": {
			spec: `{policies: ["` + arnA + `"], policyRefs: [{from: {name: late}}, {from: {name: a}}]}`, got: two(),
			want: []string{`2 DeleteInlinePolicy {"PolicyName":"old","RoleName":"web"}`},
		},
		"all references are resolved": {
			spec: `{policies: ["` + arnA + `"], policyRefs: [{from: {name: a}}], inlinePolicies: {old: '` + document + `'}}`, got: two(),
			want: []string{
				`1 PutInlinePolicy {"PolicyDocument":` + quoted(document) + `,"PolicyName":"old","RoleName":"web"}`,
				`2 DetachPolicy {"PolicyArn":"` + arnB + `","RoleName":"web"}`,
			},
		},
		"another inline policy": {spec: `{inlinePolicies: {logs: '{"Statement": []}'}}`, got: gotRole(), want: []string{
			`1 PutInlinePolicy {"PolicyDocument":"{\"Statement\": []}","PolicyName":"logs","RoleName":"web"}`,
		}},
		"a tag's value": {spec: `{}`, got: gotRole(), tags: map[string]string{"Env": "prod"}, want: []string{
			`0 Tag {"RoleName":"web","Tags":[{"Key":"Env","Value":"prod"}]}`,
		}},
		"a tag for another": {spec: `{}`, got: gotRole(), tags: map[string]string{"a": "1"}, want: []string{
			`0 Tag {"RoleName":"web","Tags":[{"Key":"a","Value":"1"}]}`,
			`1 Untag {"RoleName":"web","TagKeys":["Env"]}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := kind.Case{ID: roleARN, Tags: map[string]string{"Env": "dev"}}
			if test.tags != nil {
				c.Tags = test.tags
			}
			draft := roleKind.Draft(roleSpec(t, test.spec), test.got, c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

func TestRoleCreate(t *testing.T) {
	step := roleKind.Create(roleSpec(t, `{path: null, maxSessionDuration: 7200, permissionsBoundary: "`+arnA+`"}`),
		kind.Making{Tags: map[string]string{"b": "2", "a": "1"}, Target: resource.Target{Partition: "aws", AccountID: "111122223333"}})
	want := `{"AssumeRolePolicyDocument":` + quoted(trust) + `,"Description":"web servers","MaxSessionDuration":7200,"Path":"/",` +
		`"PermissionsBoundary":"` + arnA + `","RoleName":"web","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}`
	if diff := cmp.Diff(want, string(step.Input)); diff != "" || step.Key != "arn:aws:iam::111122223333:role/web" {
		t.Errorf("key %s (-want +got):\n%s", step.Key, diff)
	}
}

func TestRoleNotes(t *testing.T) {
	draft := roleKind.Draft(roleSpec(t, `{name: Web, path: /}`), gotRole(), kind.Case{ID: roleARN, Tags: map[string]string{"Env": "prod"}})
	if diff := cmp.Diff([]string{
		`spec.name: AWS cannot change it; make a new object, or put back "web"`,
		`spec.path: AWS cannot change it; make a new object, or put back "/team/"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if len(draft.Steps) != 1 {
		t.Errorf("the rest of the change is not applied: %v", described(draft.Steps))
	}
}

func TestUnplanRole(t *testing.T) {
	got := gotRole()
	got.inline["z"] = ""
	if diff := cmp.Diff([]string{
		`0 DetachPolicy {"PolicyArn":"` + arnA + `","RoleName":"web"}`,
		`0 DeleteInlinePolicy {"PolicyName":"logs","RoleName":"web"}`,
		`0 DeleteInlinePolicy {"PolicyName":"z","RoleName":"web"}`,
		`1 Delete {"RoleName":"web"}`,
	}, described(unplanRole(got))); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`0 Untag {"RoleName":"web","TagKeys":["a","b"]}`}, described([]resource.Step{roleKind.Tagged.Remove(roleARN, []string{"a", "b"})})); diff != "" {
		t.Errorf("untag (-want +got):\n%s", diff)
	}
}

func TestRoleStatus(t *testing.T) {
	got := gotRole()
	made := time.Unix(1, 0)
	got.CreateDate, got.RoleLastUsed = &made, &types.RoleLastUsed{}
	want := iamv1alpha1.RoleStatus{RoleID: aws.String("AROA1"), CreateDate: &metav1.Time{Time: made}}
	if diff := cmp.Diff(want, roleKind.Status(got)); diff != "" {
		t.Errorf("never used (-want +got):\n%s", diff)
	}
	got.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: &made, Region: aws.String("eu-west-1")}
	want.RoleLastUsed = &iamv1alpha1.RoleLastUsed{LastUsedDate: &metav1.Time{Time: made}, Region: aws.String("eu-west-1")}
	if diff := cmp.Diff(want, roleKind.Status(got)); diff != "" {
		t.Errorf("used (-want +got):\n%s", diff)
	}
}

// A resource that was created again under the recorded name is not the recorded one, unless our tag
// shows that we created it.
func TestHolderReplaces(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "iam.Role", Cluster: "c", Namespace: "n", Name: "r"}}
	ours := map[string]string{resource.TagOwner: owner.Tag()}
	for name, test := range map[string]struct {
		recorded, status string
		tags             map[string]string
		want             bool
	}{
		"nothing recorded":           {"", `{}`, nil, false},
		"the recorded one":           {roleARN, `{"roleID":"AROA1"}`, nil, false},
		"the status tells nothing":   {roleARN, ``, nil, false},
		"another, of the same ARN":   {roleARN, `{"roleID":"AROA0"}`, nil, true},
		"another, on another path":   {"arn:aws:iam::111122223333:role/web", `{}`, nil, true},
		"ours, made again":           {roleARN, `{"roleID":"AROA0"}`, ours, false},
		"ours, made on another path": {"arn:aws:iam::111122223333:role/web", `{}`, ours, false},
	} {
		h := holder{arn: roleARN, unique: "AROA1", tags: test.tags}
		if got := h.replaces(owner, test.recorded, []byte(test.status), "roleID"); got != test.want {
			t.Errorf("%s: replaces is %t", name, got)
		}
	}
}

func TestCheckRole(t *testing.T) {
	many := `["arn:aws:iam::aws:policy/` + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), `","arn:aws:iam::aws:policy/`) + `"]`
	inline := func(n int) string { return `{"Statement":[{"Sid":"` + strings.Repeat("x", n) + `"}]}` }
	for fields, want := range map[string][]string{
		`{}`: nil,
		`{maxSessionDuration: 43200, permissionsBoundary: "` + arnB + `", description: "für\nalle"}`: nil,
		`{name: ""}`: {"spec.name: a role needs a name"},
		`{name: ` + strings.Repeat("x", 65) + `}`: {"spec.name: has 65 characters, AWS allows 64"},
		`{path: team}`:                                     {`spec.path: "team" does not begin and end with /, or has spaces or characters outside ASCII`},
		`{description: "日本"}`:                              {"spec.description: has characters outside Latin-1, which AWS does not allow for a role"},
		`{assumeRolePolicyDocument: "{"}`:                  {"spec.assumeRolePolicyDocument: is not valid JSON: line 1, column 1: unexpected end of JSON input"},
		`{maxSessionDuration: 900}`:                        {"spec.maxSessionDuration: is 900, AWS allows 3600 to 43200 seconds"},
		`{permissionsBoundary: reader}`:                    {`spec.permissionsBoundary: "reader" is not the ARN of a managed policy`},
		`{policies: [reader, ""]}`:                         {`spec.policies[0]: "reader" is not the ARN of a managed policy`, `spec.policies[1]: "" is not the ARN of a managed policy`},
		`{policies: ["` + arnA + `", "` + arnA + `"]}`:     nil,
		`{policies: ` + many + `}`:                         nil,
		`{inlinePolicies: {"a b": '{"Statement": [{}]}'}}`: {`spec.inlinePolicies.a b: the name "a b" has characters other than letters, digits and _+=,.@-`},
		`{inlinePolicies: {a: "[]"}}`:                      {"spec.inlinePolicies.a: is not a JSON object"},
		`{inlinePolicies: {a: '` + inline(6000) + `', b: '` + inline(6000) + `'}}`: {"spec.inlinePolicies: have 12146 characters in total, without white space; AWS allows 10240"},
		`{tags: [{key: Env}, {key: env}]}`:                                         {`spec.tags[1].key: "env" is the same key as "Env": IAM ignores the case of letters`},
	} {
		t.Run(fields[:min(len(fields), 60)], func(t *testing.T) {
			var got []string
			for _, i := range checkRole(roleSpec(t, fields)) {
				got = append(got, i.Path+": "+i.Message)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// AWS takes no empty boundary: one in the spec is none.
func TestEmptyBoundary(t *testing.T) {
	want := roleSpec(t, `{permissionsBoundary: ""}`)
	if found := checkRole(want); len(found) > 0 {
		t.Errorf("refused: %v", found)
	}
	if step := roleKind.Create(want, kind.Making{}); strings.Contains(string(step.Input), "PermissionsBoundary") {
		t.Errorf("sent: %s", step.Input)
	}
}
