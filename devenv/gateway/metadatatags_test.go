package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// An instance that shows its tags in its metadata has none with a slash.
func TestTagsInMetadata(t *testing.T) {
	a := newAccount(t)
	subnet := *must[*ec2.CreateSubnetOutput](a)(a.ec2.CreateSubnet(a.ctx(), &ec2.CreateSubnetInput{VpcId: aws.String(a.vpc()), CidrBlock: aws.String("10.0.1.0/24")})).Subnet.SubnetId
	run := func(key string, show types.InstanceMetadataTagsState) (string, error) {
		in := &ec2.RunInstancesInput{
			ImageId: aws.String(image), InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: &subnet,
			TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: &key, Value: aws.String("v")}}}},
		}
		if show != "" {
			in.MetadataOptions = &types.InstanceMetadataOptionsRequest{InstanceMetadataTags: show}
		}
		out, err := a.ec2.RunInstances(a.ctx(), in)
		if err != nil {
			return "", err
		}
		return *out.Instances[0].InstanceId, nil
	}
	const slash, plain = "a/b", "a:b"
	_, err := run(slash, types.InstanceMetadataTagsStateEnabled)
	a.wantRefused("a slash at the launch", err, http.StatusBadRequest, "InvalidParameterValue")
	shows, err := run(plain, types.InstanceMetadataTagsStateEnabled)
	if err != nil {
		t.Fatal(err)
	}
	tag := func(id string) error {
		_, err := a.ec2.CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{{Key: aws.String("c/d"), Value: aws.String("v")}}})
		return err
	}
	a.wantRefused("a slash later", tag(shows), http.StatusBadRequest, "InvalidParameterValue")
	hides, err := run(slash, "")
	if err != nil {
		t.Fatal(err)
	}
	if err = tag(hides); err != nil {
		t.Error(err)
	}
	_, err = a.ec2.ModifyInstanceMetadataOptions(a.ctx(), &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: &hides, InstanceMetadataTags: types.InstanceMetadataTagsStateEnabled})
	a.wantRefused("to show a slash", err, http.StatusBadRequest, "InvalidParameterValue")

	must[*ec2.ModifyInstanceMetadataDefaultsOutput](a)(a.ec2.ModifyInstanceMetadataDefaults(a.ctx(), &ec2.ModifyInstanceMetadataDefaultsInput{
		InstanceMetadataTags: types.DefaultInstanceMetadataTagsStateEnabled,
	}))
	_, err = run(slash, "")
	a.wantRefused("a slash where the account shows tags", err, http.StatusBadRequest, "InvalidParameterValue")
	if _, err = run(slash, types.InstanceMetadataTagsStateDisabled); err != nil {
		t.Errorf("the request precedes the account's default: %v", err)
	}
}
