package awsmodel

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	const refusedValue, validation = "InvalidParameterValue", "ValidationError"
	tests := map[string]struct {
		service, action, form string
		want                  *Refusal
	}{
		"EC2: all is well": {
			ec2, "CreateVpc", "CidrBlock=10.0.0.0/16&InstanceTenancy=dedicated&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=a", nil,
		},
		"EC2: an unknown action": {
			ec2, "CreateVPC", "", &Refusal{"InvalidAction", "The action CreateVPC is not valid for this web service."},
		},
		"EC2: an unknown parameter": {
			ec2, "CreateVpc", "CIDRBlock=10.0.0.0/16", &Refusal{"UnknownParameter", "The parameter CIDRBlock is not recognized"},
		},
		"EC2: an unknown parameter within another": {
			ec2, "CreateVpc", "TagSpecification.1.Tags.1.Key=a", &Refusal{"UnknownParameter", "The parameter TagSpecification.1.Tags.1.Key is not recognized"},
		},
		"EC2: a list that is written as IAM's": {
			ec2, "DescribeVpcs", "VpcId.member.1=vpc-1", &Refusal{"UnknownParameter", "The parameter VpcId.member.1 is not recognized"},
		},
		"EC2: a list of plain values with parts": {
			ec2, "DescribeVpcs", "VpcId.1.Id=vpc-1", &Refusal{"UnknownParameter", "The parameter VpcId.1.Id is not recognized"},
		},
		"EC2: a required parameter is missing": {
			ec2, "CreateSecurityGroup", "GroupName=a", &Refusal{"MissingParameter", "The request must contain the parameter GroupDescription"},
		},
		"EC2: an enum's value": {
			ec2, "CreateVpc", "InstanceTenancy=shared",
			&Refusal{refusedValue, "Value (shared) for parameter instanceTenancy is invalid. Member must satisfy enum value set: [default, dedicated, host]."},
		},
		"EC2: no boolean": {
			ec2, "ModifyVpcAttribute", "VpcId=vpc-1&EnableDnsSupport.Value=yes",
			&Refusal{refusedValue, "Value (yes) for parameter enableDnsSupport.value is invalid. Member must be a boolean."},
		},
		"EC2: no number": {
			ec2, "RunInstances", "MinCount=one&MaxCount=1", &Refusal{refusedValue, "Value (one) for parameter minCount is invalid. Member must be a number."},
		},
		"EC2: a number out of bounds": {
			ec2, "DescribeVpcs", "MaxResults=2", &Refusal{refusedValue, "Value (2) for parameter maxResults is invalid. Member must have value greater than or equal to 5."},
		},
		"EC2: no time": {
			ec2, "DescribeFleetHistory", "FleetId=fleet-12345678-1234-1234-1234-123456789012&StartTime=garbage", &Refusal{refusedValue, "Value (garbage) for parameter startTime is invalid. Member must be a timestamp."},
		},
		"EC2: a time": {ec2, "DescribeFleetHistory", "FleetId=fleet-12345678-1234-1234-1234-123456789012&StartTime=2026-01-02T03:04:05.678Z", nil},
		"EC2: no base64": {
			ec2, "ModifyInstanceAttribute", "InstanceId=i-1&UserData.Value=%25%25%25", &Refusal{refusedValue, "Value (%%%) for parameter userData.value is invalid. Member must be base64."},
		},
		"EC2: base64":    {ec2, "ModifyInstanceAttribute", "InstanceId=i-1&UserData.Value=aGVsbG8%3D", nil},
		"EC2: no data":   {ec2, "ModifyInstanceAttribute", "InstanceId=i-1&UserData.Value=", nil},
		"EC2: no values": {ec2, "DescribeVpcs", "Filter.1.Name=vpc-id", &Refusal{"MissingParameter", "The request must contain the parameter Filter.1.Value"}},
		"EC2: no name":   {ec2, "DescribeVpcs", "Filter.1.Value.1=vpc-1", &Refusal{"MissingParameter", "The request must contain the parameter Filter.1.Name"}},
		"EC2: no values of an undocumented filter": {ec2, "DescribeIpams", "Filter.1.Name=x", &Refusal{"MissingParameter", "The request must contain the parameter Filter.1.Value"}},
		"EC2: a filter":             {ec2, "DescribeVpcs", "Filter.1.Name=is-default&Filter.1.Value.1=true&Filter.2.Name=tag:a&Filter.2.Value.1=b", nil},
		"EC2: another word for it":  {ec2, "DescribeSubnets", "Filter.1.Name=cidrBlock&Filter.1.Value.1=10.0.0.0/24", nil},
		"EC2: a filter of another":  {ec2, "DescribeVpcs", "Filter.1.Name=subnet-id&Filter.1.Value.1=x", &Refusal{refusedValue, "The filter 'subnet-id' is invalid"}},
		"EC2: a tag without key":    {ec2, "DescribeVpcs", "Filter.1.Name=tag&Filter.1.Value.1=x", &Refusal{refusedValue, "The filter 'tag' is invalid"}},
		"EC2: filters undocumented": {ec2, "DescribeIpams", "Filter.1.Name=x&Filter.1.Value.1=x", nil},
		"EC2: too many values": {
			ec2, "DescribeVpcs", "Filter.1.Name=vpc-id&" + manyValues(201), &Refusal{"FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200"},
		},
		"IAM: all is well":       {iam, "TagRole", "RoleName=a&Tags.member.1.Key=a&Tags.member.1.Value=", nil},
		"IAM: an empty list":     {iam, "UntagRole", "RoleName=a&TagKeys=", nil},
		"IAM: an unknown action": {iam, "TagRoles", "", &Refusal{"InvalidAction", "Could not find operation TagRoles for version 2010-05-08"}},
		"IAM: a list that is written as EC2's": {
			iam, "TagRole", "RoleName=a&Tags.1.Key=a", &Refusal{validation, "1 validation error detected: The parameter 'Tags.1.Key' is not recognized"},
		},
		"IAM: all that is wrong": {
			iam, "TagRole", "RoleName=a%20b&Tags.member.1.Value=%2A",
			&Refusal{validation, "3 validation errors detected: " +
				"Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; " +
				"Value '*' at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*; " +
				"Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null"},
		},
		"IAM: too long": {
			iam, "GetRole", "RoleName=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			&Refusal{validation, "1 validation error detected: Value 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		},
		"STS: out of bounds": {
			sts, "AssumeRole", "RoleArn=arn:aws:iam::111111111111:role/a&RoleSessionName=ab&DurationSeconds=60",
			&Refusal{validation, "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			form, err := url.ParseQuery("Action=" + test.action + "&Version=1&" + test.form)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Check(test.service, test.action, form)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
		})
	}
	if _, err := Check("s3", "ListBuckets", nil); err == nil {
		t.Error("a service without a model is checked")
	}
}

func manyValues(n int) string {
	form := url.Values{}
	for i := range n {
		form.Set(fmt.Sprintf("Filter.1.Value.%d", i+1), "vpc-1")
	}
	return form.Encode()
}

// A pattern that Go cannot compile checks nothing. The test lists these patterns.
func TestPatternsCompile(t *testing.T) {
	known := map[string]bool{
		`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`:                                                  true, // an account's alias
		`^(?=.{20,2048}$)arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[a-zA-Z0-9/_+=.@-]+`: true, // a secret of Client VPN
	}
	for service, load := range models {
		m, err := load()
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range m.Shapes {
			if s.Pattern != "" && compile(s.Pattern) == nil && !known[s.Pattern] {
				t.Errorf("%s: the pattern of %s does not compile: %s", service, name, s.Pattern)
			}
		}
	}
}
