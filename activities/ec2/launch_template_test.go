package ec2

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

func TestPlanLaunchTemplate(t *testing.T) {
	got := gotTemplate(t, `{imageID: ami-1, userData: aGVsbG8=, securityGroupIDs: [sg-1, sg-2], metadataOptions: {httpEndpoint: enabled, httpTokens: required, httpPutResponseHopLimit: 1},
		placement: {tenancy: default}, networkInterfaces: [{deviceIndex: 0, networkCardIndex: 0, ipv6Addresses: [{ipv6Address: "2001:db8::9"}]}, {deviceIndex: 1, deleteOnTermination: true}],
		instanceMarketOptions: {marketType: spot, spotOptions: {maxPrice: "0.100000"}}}`)
	const same = `imageID: ami-1, userData: "aGVs\nbG8=", securityGroupIDs: [sg-2, sg-1], metadataOptions: {httpTokens: required},
		networkInterfaces: [{deviceIndex: 1, deleteOnTermination: true}, {deviceIndex: 0, ipv6Addresses: [{ipv6Address: "2001:0db8::9"}]}], instanceMarketOptions: {marketType: spot, spotOptions: {maxPrice: "0.1"}}`
	plantest.Table[*awsec2.Client, ec2v1alpha1.LaunchTemplateSpec, launchTemplate]{
		Kind: LaunchTemplate(), ID: "lt-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[launchTemplate]{
			"new": {Spec: `{name: web, defaultVersion: 1, data: {imageID: ami-1}}`},
			"nothing but what AWS fills in and writes in another form": {Spec: `{name: web, data: {` + same + `}}`, Got: got},
			"a field that left": {
				Spec: `{name: web, data: {` + same[len("imageID: ami-1, "):] + `}}`, Got: got,
				Want: []string{"0 CreateVersion: make version 3, with another data.imageID (spec.data.imageID)"},
			},
			"a field below another that left": {
				Spec: `{name: web, data: {imageID: ami-1, userData: aGVsbG8=, metadataOptions: {httpEndpoint: enabled}}}`, Got: gotTemplate(t, `{imageID: ami-1, userData: aGVsbG8=, metadataOptions: {httpEndpoint: enabled, httpTokens: required}}`),
				Want: []string{"0 CreateVersion: make version 3, with another data.metadataOptions.httpTokens (spec.data.metadataOptions.httpTokens)"},
			},
			"user data, which no message repeats, and the default version": {
				Spec: `{name: web, defaultVersion: 3, data: {imageID: ami-1, userData: c2VjcmV0}}`, Got: gotTemplate(t, `{imageID: ami-1, userData: aGVsbG8=}`),
				Want: []string{"0 CreateVersion: make version 3, with another data.userData (spec.data.userData)", "1 SetDefaultVersion: make version 3 the default (spec.defaultVersion)"},
			},
			"many fields": {
				Spec: `{name: web, versionDescription: e, data: {imageID: ami-2, keyName: k, kernelID: a}}`, Got: gotTemplate(t, `{imageID: ami-1}`),
				Want: []string{"0 CreateVersion: make version 3, with 4 other fields (spec.data.imageID)"},
			},
			"an old version as the default":   {Spec: `{name: web, defaultVersion: 2, data: {imageID: ami-1}}`, Got: gotTemplate(t, `{imageID: ami-1}`), Want: []string{"1 SetDefaultVersion: make version 2 the default (spec.defaultVersion)"}},
			"a default that does not exist":   {Spec: `{name: web, defaultVersion: 9, data: {imageID: ami-1}}`, Got: gotTemplate(t, `{imageID: ami-1}`), Notes: []string{"spec.defaultVersion: there is no version 9: the latest is 2"}},
			"a name in another letter case":   {Spec: `{name: Web, data: {imageID: ami-1}}`, Got: gotTemplate(t, `{imageID: ami-1}`), Notes: []string{`spec.name: AWS cannot change it; make a new object, or put back "web"`}},
			"a group more, and a flag turned": {Spec: `{name: web, data: {securityGroupIDs: [sg-1, sg-1], ebsOptimized: false}}`, Got: gotTemplate(t, `{securityGroupIDs: [sg-1, sg-2]}`), Want: []string{"0 CreateVersion: make version 3, with another data.ebsOptimized, data.securityGroupIDs (spec.data.ebsOptimized)"}},
		},
	}.Run(t)
}

// The description keeps what a version without it would lose: user data, and a device that is left out.
func TestDescribedTemplate(t *testing.T) {
	got := gotTemplate(t, `{imageID: ami-1, userData: aGVsbG8=, blockDeviceMappings: [{deviceName: /dev/sdb}, {deviceName: /dev/sdc, ebs: {volumeSize: 9}}]}`)
	got.latest.LaunchTemplateData.BlockDeviceMappings[0].NoDevice = aws.String("")
	want := spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, defaultVersion: 1, versionDescription: d, data: {imageID: ami-1, userData: aGVsbG8=,
		blockDeviceMappings: [{deviceName: /dev/sdb, noDevice: ""}, {deviceName: /dev/sdc, ebs: {volumeSize: 9}}]}}`)
	if diff := cmp.Diff(want, describedTemplate(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The token follows from the content and from the version before it. A repeat makes no second
// version, and a return to earlier data makes one.
func TestTokenOfAVersion(t *testing.T) {
	token := func(data string, latest int64) string {
		got := gotTemplate(t, `{imageID: ami-0}`)
		got.LatestVersionNumber = &latest
		draft := planTemplate(spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, data: `+data+`}`), got, kind.Case{})
		var in awsec2.CreateLaunchTemplateVersionInput
		if err := json.Unmarshal(draft.Steps[0].Input, &in); err != nil || len(*in.ClientToken) > 64 {
			t.Fatalf("%s: %v", draft.Steps[0].Input, err)
		}
		return *in.ClientToken
	}
	first := token(`{imageID: ami-1, keyName: k}`, 2)
	if again := token(`{keyName: k, imageID: ami-1}`, 2); again != first {
		t.Errorf("a repeat has the token %s, after %s", again, first)
	}
	for what, other := range map[string]string{"other data": token(`{imageID: ami-2, keyName: k}`, 2), "a return to it": token(`{imageID: ami-1, keyName: k}`, 3)} {
		if other == first {
			t.Errorf("%s has the same token", what)
		}
	}
}

// A version that this pass made is not made again: AWS filled in what the spec leaves out, and what
// else differs is reported.
func TestAVersionThatThisPassMade(t *testing.T) {
	made := func(n int64) kind.Case {
		return kind.Case{Done: []resource.Done{{Verb: "CreateVersion", Output: fmt.Appendf(nil, `{"LaunchTemplateVersion":{"VersionNumber":%d}}`, n)}}}
	}
	want := spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, data: {imageID: ami-1}}`)
	got := gotTemplate(t, `{imageID: AMI-1, keyName: k}`)
	draft := planTemplate(want, got, made(2))
	note := "spec.data.imageID: AWS shows another value in version 2, which Tack just made from the spec"
	if len(draft.Steps) != 0 || !cmp.Equal(draft.Notes, []string{note}) {
		t.Errorf("after version 2 was made: %+v", draft)
	}
	if draft = planTemplate(want, got, made(1)); len(draft.Steps) != 1 || len(draft.Notes) != 0 {
		t.Errorf("somebody made version 2: %+v", draft)
	}
	got.latest.VersionNumber = aws.Int64(1)
	if templateFacts(got).Pending == nil {
		t.Error("version 1 is compared, although AWS has version 2")
	}
}
