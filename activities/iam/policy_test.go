package iam

import (
	"fmt"
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

var policyKind = definition[iamv1alpha1.PolicySpec, policy](Policy())

const (
	arn      = "arn:aws:iam::111122223333:policy/team/reader"
	document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`
)

// policySpec returns a spec that gotPolicy matches, with fields replaced.
func policySpec(t *testing.T, fields string) (want iamv1alpha1.PolicySpec) {
	t.Helper()
	want = iamv1alpha1.PolicySpec{
		Name: aws.String("reader"), Path: aws.String("/team/"), Description: aws.String("may read"), PolicyDocument: aws.String(document),
	}
	if err := yaml.UnmarshalStrict([]byte(fields), &want); err != nil {
		t.Fatalf("reading the spec: %v\n%s", err, fields)
	}
	return want
}

// gotPolicy has that many versions, the default one last; v1 is the oldest.
func gotPolicy(versions int) *policy {
	got := &policy{
		Policy: types.Policy{
			Arn: aws.String(arn), PolicyName: aws.String("reader"), Path: aws.String("/team/"), Description: aws.String("may read"),
			DefaultVersionId: aws.String(fmt.Sprintf("v%d", versions)),
			Tags:             []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}},
		},
		Identity: Identity{arn}, document: document,
	}
	for n := versions; n >= 1; n-- { // AWS lists the newest first
		got.versions = append(got.versions, types.PolicyVersion{
			VersionId: aws.String(fmt.Sprintf("v%d", n)), IsDefaultVersion: n == versions,
			CreateDate: aws.Time(time.Unix(int64(n), 0)),
		})
	}
	return got
}

// described describes steps in short: stage, whether it is sent once, verb, request.
func described(steps []resource.Step) []string {
	var out []string
	for _, s := range steps {
		once := ""
		if s.Once {
			once = "once "
		}
		out = append(out, fmt.Sprintf("%d %s%s %s", s.Stage, once, s.Verb, s.Input))
	}
	return out
}

func TestPlanPolicy(t *testing.T) {
	newDocument := `{policyDocument: '{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'}`
	const newVersion = `1 once CreateVersion {"PolicyArn":"` + arn + `","PolicyDocument":"{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}]}","SetAsDefault":true}`
	for name, test := range map[string]struct {
		spec string
		got  *policy
		tags map[string]string
		want []string
	}{
		"new": {spec: newDocument},
		"nothing to do, however it is written": {
			spec: `{policyDocument: '{ "Statement": [{"Resource": ["*"], "Action": ["S3:getobject"], "Effect": "Allow"}], "Version": "2012-10-17" }'}`, got: gotPolicy(1),
		},
		"another document": {spec: newDocument, got: gotPolicy(4), want: []string{newVersion}},
		"another document, no room": {
			spec: newDocument, got: gotPolicy(5),
			want: []string{`0 DeleteVersion {"PolicyArn":"` + arn + `","VersionId":"v1"}`, newVersion},
		},
		"a tag's value": {
			spec: `{}`, got: gotPolicy(1), tags: map[string]string{"Env": "prod"},
			want: []string{`0 Tag {"PolicyArn":"` + arn + `","Tags":[{"Key":"Env","Value":"prod"}]}`},
		},
		"a tag for another": {
			spec: `{}`, got: gotPolicy(1), tags: map[string]string{"b": "", "a": "1"},
			want: []string{
				`0 Tag {"PolicyArn":"` + arn + `","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]}`,
				`1 Untag {"PolicyArn":"` + arn + `","TagKeys":["Env"]}`,
			},
		},
		"a tag's key in another case is another key": {
			spec: `{}`, got: gotPolicy(1), tags: map[string]string{"env": "dev"},
			want: []string{
				`0 Tag {"PolicyArn":"` + arn + `","Tags":[{"Key":"env","Value":"dev"}]}`,
				`1 Untag {"PolicyArn":"` + arn + `","TagKeys":["Env"]}`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := kind.Case{ID: arn, Tags: map[string]string{"Env": "dev"}}
			if test.tags != nil {
				c.Tags = test.tags
			}
			draft := policyKind.Draft(policySpec(t, test.spec), test.got, c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

func TestPolicyCreate(t *testing.T) {
	step := policyKind.Create(iamv1alpha1.PolicySpec{Name: aws.String("reader"), PolicyDocument: aws.String(document)},
		kind.Making{Tags: map[string]string{"b": "2", "a": "1"}})
	want := `{"Path":"/","PolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}",` +
		`"PolicyName":"reader","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}`
	if diff := cmp.Diff(want, string(step.Input)); diff != "" || step.Verb != "Create" || step.Summary != "create policy reader" {
		t.Errorf("%s %q (-want +got):\n%s", step.Verb, step.Summary, diff)
	}
}

func TestPolicyNotes(t *testing.T) {
	draft := policyKind.Draft(policySpec(t, `{name: writer, path: /, description: may write, policyDocument: '{"Statement": [{}]}'}`), gotPolicy(1),
		kind.Case{ID: arn, Tags: map[string]string{"Env": "dev"}})
	if diff := cmp.Diff([]string{
		`spec.name: AWS cannot change it; make a new object, or put back "reader"`,
		`spec.path: AWS cannot change it; make a new object, or put back "/team/"`,
		`spec.description: AWS cannot change it; make a new object, or put back "may read"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if len(draft.Steps) != 1 {
		t.Errorf("the rest of the change is not applied: %v", described(draft.Steps))
	}
}

func TestUnplanPolicy(t *testing.T) {
	if diff := cmp.Diff([]string{
		`0 DeleteVersion {"PolicyArn":"` + arn + `","VersionId":"v1"}`,
		`0 DeleteVersion {"PolicyArn":"` + arn + `","VersionId":"v2"}`,
		`1 Delete {"PolicyArn":"` + arn + `"}`,
	}, described(unplanPolicy(gotPolicy(3)))); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`0 Untag {"PolicyArn":"` + arn + `","TagKeys":["a","b"]}`}, described([]resource.Step{policyKind.Tagged.Remove(arn, []string{"a", "b"})})); diff != "" {
		t.Errorf("untag (-want +got):\n%s", diff)
	}
}

func TestPolicyStatus(t *testing.T) {
	got := gotPolicy(2)
	got.PolicyId, got.IsAttachable, got.AttachmentCount = aws.String("ANPA1"), true, aws.Int32(0)
	made := time.Unix(1, 0)
	got.CreateDate = &made
	if diff := cmp.Diff(iamv1alpha1.PolicyStatus{
		PolicyID: aws.String("ANPA1"), DefaultVersionID: aws.String("v2"), IsAttachable: aws.Bool(true),
		AttachmentCount: aws.Int64(0), CreateDate: &metav1.Time{Time: made},
	}, policyKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCheckPolicy(t *testing.T) {
	for fields, want := range map[string][]string{
		`{}`:            nil,
		`{path: /}`:     nil,
		`{path: /a/b/}`: nil,
		`{name: ""}`:    {"spec.name: a policy needs a name"},
		`{name: a/b}`:   {`spec.name: "a/b" has characters other than letters, digits and _+=,.@-`},
		`{name: ` + strings.Repeat("x", 129) + `}`: {"spec.name: has 129 characters, AWS allows 128"},
		`{path: team}`:    {`spec.path: "team" does not begin and end with /, or has spaces or characters outside ASCII`},
		`{path: "/a b/"}`: {`spec.path: "/a b/" does not begin and end with /, or has spaces or characters outside ASCII`},
		`{path: /` + strings.Repeat("x", 511) + `/}`:       {"spec.path: has 513 characters, AWS allows 512"},
		`{description: ` + strings.Repeat("x", 1001) + `}`: {"spec.description: has 1001 characters, AWS allows 1000"},
		`{policyDocument: "{"}`:                            {"spec.policyDocument: is not valid JSON: line 1, column 1: unexpected end of JSON input"},
		`{tags: [{key: Env}, {key: env}]}`:                 nil,
	} {
		t.Run(fields, func(t *testing.T) {
			var got []string
			for _, i := range checkPolicy(policySpec(t, fields)) {
				got = append(got, i.Path+": "+i.Message)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
