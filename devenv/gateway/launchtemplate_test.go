package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func (a *account) template(name string, data types.RequestLaunchTemplateData) (*string, error) {
	a.t.Helper()
	made, err := a.ec2.CreateLaunchTemplate(a.ctx(), &ec2.CreateLaunchTemplateInput{
		LaunchTemplateName: &name, LaunchTemplateData: &data, VersionDescription: aws.String("first"),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeLaunchTemplate, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}},
	})
	if err != nil {
		return nil, err
	}
	return made.LaunchTemplate.LaunchTemplateId, nil
}

// latestVersion returns the latest version of a template, without its time and its author.
func (a *account) latestVersion(id *string) types.LaunchTemplateVersion {
	a.t.Helper()
	out := must[*ec2.DescribeLaunchTemplateVersionsOutput](a)(a.ec2.DescribeLaunchTemplateVersions(a.ctx(), &ec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: id, Versions: []string{"$Latest"},
	}))
	if len(out.LaunchTemplateVersions) != 1 {
		a.t.Fatalf("%d latest versions", len(out.LaunchTemplateVersions))
	}
	return out.LaunchTemplateVersions[0]
}

func TestLaunchTemplateVersions(t *testing.T) {
	a := newAccount(t)
	id := must[*string](a)(a.template("web", types.RequestLaunchTemplateData{
		ImageId: aws.String(image), UserData: aws.String("aGVsbG8="),
		MetadataOptions:   &types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: types.LaunchTemplateHttpTokensStateRequired},
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{{DeviceIndex: aws.Int32(0), Groups: []string{"sg-1"}}},
	}))
	want := &types.ResponseLaunchTemplateData{
		ImageId: aws.String(image), UserData: aws.String("aGVsbG8="),
		MetadataOptions: &types.LaunchTemplateInstanceMetadataOptions{
			HttpEndpoint: "enabled", HttpProtocolIpv6: "disabled", HttpPutResponseHopLimit: aws.Int32(1), HttpTokens: "required", InstanceMetadataTags: "disabled", State: "pending",
		},
		NetworkInterfaces: []types.LaunchTemplateInstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), Groups: []string{"sg-1"}}},
	}
	if diff := cmp.Diff(want, a.latestVersion(id).LaunchTemplateData, cmpopts.IgnoreUnexported(*want, *want.MetadataOptions, want.NetworkInterfaces[0])); diff != "" {
		t.Errorf("the first version (-want +got):\n%s", diff)
	}
	version := func(token string) int64 {
		t.Helper()
		out := must[*ec2.CreateLaunchTemplateVersionOutput](a)(a.ec2.CreateLaunchTemplateVersion(a.ctx(), &ec2.CreateLaunchTemplateVersionInput{
			LaunchTemplateId: id, ClientToken: &token, VersionDescription: aws.String("next"),
			LaunchTemplateData: &types.RequestLaunchTemplateData{InstanceType: types.InstanceTypeT3Micro, UserData: aws.String("aGk=")},
		}))
		return *out.LaunchTemplateVersion.VersionNumber
	}
	if got := []int64{version("a"), version("a"), version("b")}; !cmp.Equal(got, []int64{2, 2, 3}) {
		t.Errorf("two tokens made the versions %v, want [2 2 3]", got)
	}
	if got := a.latestVersion(id); *got.VersionNumber != 3 || *got.VersionDescription != "next" || got.LaunchTemplateData.ImageId != nil || *got.LaunchTemplateData.UserData != "aGk=" {
		t.Errorf("the latest version: %+v of %+v", got, got.LaunchTemplateData)
	}
	setDefault := func(id *string, version string) error {
		_, err := a.ec2.ModifyLaunchTemplate(a.ctx(), &ec2.ModifyLaunchTemplateInput{LaunchTemplateId: id, DefaultVersion: &version})
		return err
	}
	if err := setDefault(id, "2"); err != nil {
		t.Fatal(err)
	}
	must[*ec2.CreateTagsOutput](a)(a.ec2.CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{*id}, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("w")}}}))
	shown := must[*ec2.DescribeLaunchTemplatesOutput](a)(a.ec2.DescribeLaunchTemplates(a.ctx(), &ec2.DescribeLaunchTemplatesInput{})).LaunchTemplates[0]
	if *shown.DefaultVersionNumber != 2 || *shown.LatestVersionNumber != 3 || len(shown.Tags) != 1 || *shown.Tags[0].Value != "w" {
		t.Errorf("the template: %+v", shown)
	}
	a.wantRefused("an unknown version", setDefault(id, "9"), http.StatusBadRequest, "InvalidLaunchTemplateId.VersionNotFound")
	a.wantRefused("an unknown template", setDefault(aws.String("lt-0123456789abcdef0"), "1"), http.StatusBadRequest, "InvalidLaunchTemplateId.NotFound")
}

func TestLaunchTemplateNames(t *testing.T) {
	a := newAccount(t)
	data := types.RequestLaunchTemplateData{InstanceType: types.InstanceTypeT3Micro}
	for _, name := range []string{"web", "Web", "a-/(b)._"} {
		must[*string](a)(a.template(name, data))
	}
	for name, code := range map[string]string{"web": "InvalidLaunchTemplateName.AlreadyExistsException", "a b": "InvalidLaunchTemplateName.MalformedException", "ab": "InvalidLaunchTemplateName.MalformedException"} {
		_, err := a.template(name, data)
		a.wantRefused(name, err, http.StatusBadRequest, code)
	}
	_, err := a.template("data", types.RequestLaunchTemplateData{UserData: aws.String("#")})
	a.wantRefused("data that is not base64", err, http.StatusBadRequest, "InvalidUserData.Malformed")
}
