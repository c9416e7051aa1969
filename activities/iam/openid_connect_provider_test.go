package iam

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

const (
	providerID   = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id/A"
	printA       = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	printB       = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	providerBase = `{url: "https://oidc.example.com/id/A", clientIDs: [sts, web], thumbprints: [` + printA + `], ` + sameTags + `}`
)

func gotProvider() *provider {
	return &provider{awsiam.GetOpenIDConnectProviderOutput{
		Url: aws.String("oidc.example.com/id/A"), ClientIDList: []string{"sts", "web"}, ThumbprintList: []string{printA},
		Tags: []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}},
	}, providerID}
}

func TestPlanProvider(t *testing.T) {
	plantest.Table[*awsiam.Client, iamv1alpha1.OpenIDConnectProviderSpec, provider]{
		Kind: OpenIDConnectProvider(), ID: providerID, Tags: map[string]string{"Env": "dev"},
		Rows: map[string]plantest.Row[provider]{
			"new":                      {Spec: providerBase},
			"nothing to do":            {Spec: providerBase, Got: gotProvider()},
			"another order":            {Spec: `{clientIDs: [web, sts, web], thumbprints: [` + strings.ToUpper(printA) + `]}`, Got: gotProvider()},
			"AWS's thumbprints remain": {Spec: `{clientIDs: [web, sts]}`, Got: gotProvider()},
			"thumbprints are replaced": {Spec: `{clientIDs: [web, sts], thumbprints: [` + printB + `, ` + printA + `]}`, Got: gotProvider(), Want: []string{
				"0 UpdateThumbprints: set the thumbprints " + printB + ", " + printA + " (spec.thumbprints)",
			}},
			"other client ids": {Spec: `{clientIDs: [web, a, b, a]}`, Got: gotProvider(), Want: []string{
				"0 AddClientID: add client id a (spec.clientIDs[1])", "0 AddClientID: add client id b (spec.clientIDs[2])",
				"1 RemoveClientID: remove client id sts (spec.clientIDs)",
			}},
			"no client ids": {Spec: `{}`, Got: gotProvider(), Want: []string{
				"1 RemoveClientID: remove client id sts (spec.clientIDs)", "1 RemoveClientID: remove client id web (spec.clientIDs)",
			}},
		},
	}.Run(t)
}

// AWS keeps a limited number of client ids. The one that the spec does not have goes first.
func TestRoomForAClientID(t *testing.T) {
	want := plantest.Read[iamv1alpha1.OpenIDConnectProviderSpec](t, `{clientIDs: [web, a]}`)
	first := planClients(want, gotProvider(), kind.Case{})
	full := kind.Case{Failures: []resource.Failure{{Step: first[0], Class: resource.Quota}}}
	if diff := cmp.Diff([]string{
		"0 RemoveClientID: remove client id sts (spec.clientIDs)", "1 AddClientID: add client id a, after making room (spec.clientIDs[1])",
	}, plantest.Describe(planClients(want, gotProvider(), full))); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestProviderRequests(t *testing.T) {
	made := planProviderCreate(plantest.Read[iamv1alpha1.OpenIDConnectProviderSpec](t, providerBase), kind.Making{
		Tags: map[string]string{"a": "1"}, Target: resource.Target{Partition: "aws", AccountID: "111122223333"},
	})
	if made.Key != providerID {
		t.Errorf("the key is %s", made.Key)
	}
	if diff := cmp.Diff([]string{
		`0 Create {"ClientIDList":["sts","web"],"Tags":[{"Key":"a","Value":"1"}],"ThumbprintList":["` + printA + `"],"Url":"https://oidc.example.com/id/A"}`,
		`0 Delete {"OpenIDConnectProviderArn":"` + providerID + `"}`,
	}, described(append([]resource.Step{made}, unplanProvider(gotProvider())...))); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestFieldsOfProviders(t *testing.T) {
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.OpenIDConnectProviderSpec, provider]{
		Kind: OpenIDConnectProvider(), Base: providerBase, ID: providerID, Got: gotProvider(), Whole: gotProvider(), // ACK shows its ARN alone
		Change: map[string]string{
			"clientIDs[]":   `{clientIDs: [sts, other]}`,
			"thumbprints[]": `{thumbprints: [` + printB + `]}`,
			"url":           `{url: "https://other.example.com"}`,
		},
		Unplanned: map[string]string{"url": "the API server refuses the change"},
		Check: map[string][]string{
			`{}`:                {"spec.url: a provider needs a URL"},
			`{url: "http://a"}`: {`spec.url: "http://a" does not begin with https:// and a host`},
			`{url: "https://"}`: {`spec.url: "https://" does not begin with https:// and a host`},
		},
		Refused: []string{
			`{url: "https://a", clientIDs: ["", "` + strings.Repeat("x", 256) + `"], thumbprints: [x]}`,
			`{url: "https://` + strings.Repeat("x", 255) + `", clientIDs: [` + numbered(101) + `], thumbprints: [` + numbered(6) + `]}`,
		},
	}.Run(t)
}

// A provider has no id that AWS never reuses. One that is younger than our record is another's,
// unless it carries our tag.
func TestProviderReplaced(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "iam.X", Cluster: "c", Namespace: "n", Name: "x"}}
	recorded := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		made, owner string
		deleting    bool
		want        string
	}{
		"ours":                        {made: "2026-01-01T11:59:00Z", owner: owner.Tag(), want: providerID},
		"ours, without tags":          {made: "2026-01-01T12:00:30Z", want: providerID},
		"ours, created again":         {made: "2026-01-01T13:00:00Z", owner: owner.Tag(), want: providerID},
		"a stranger's":                {made: "2026-01-01T13:00:00Z", want: "oidc.example.com/id/A"},
		"a stranger's, in a deletion": {made: "2026-01-01T13:00:00Z", deleting: true},
		"ours, in a deletion":         {made: "2026-01-01T11:59:00Z", deleting: true, want: providerID},
	} {
		body := "<Url>oidc.example.com/id/A</Url><CreateDate>" + test.made + "</CreateDate>"
		if test.owner != "" {
			body += "<Tags><member><Key>" + resource.TagOwner + "</Key><Value>" + test.owner + "</Value></member></Tags>"
		}
		s := &scripted{answers: map[string]string{"GetOpenIDConnectProvider": body}}
		q := kind.Query[iamv1alpha1.OpenIDConnectProviderSpec]{
			ID: providerID, RecordedAt: recorded, Owner: owner, Deleting: test.deleting, Target: resource.Target{Partition: "aws", AccountID: "111122223333"},
		}
		if got := found(definition[iamv1alpha1.OpenIDConnectProviderSpec, provider](OpenIDConnectProvider()), s, q, t); got != test.want {
			t.Errorf("%s: found %q, want %q", name, got, test.want)
		}
	}
}

// AWS accepts a hundred client ids. One that is listed twice counts once.
func TestProviderWithManyClients(t *testing.T) {
	spec := plantest.Read[iamv1alpha1.OpenIDConnectProviderSpec](t, `{url: "https://a", clientIDs: [`+numbered(100)+`, n1, n2]}`)
	if invalid := checkProvider(spec); len(invalid) > 0 {
		t.Error(invalid)
	}
}

func numbered(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("n%d", i))
	}
	return strings.Join(all, ", ")
}
