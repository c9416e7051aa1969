package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func iamGroup() group {
	return group{
		service: "iam",
		title:   "AWS Identity and Access Management",
		pages:   "https://docs.aws.amazon.com/IAM/latest/APIReference/",
		kinds: []kind{
			{
				name: "Group", doc: "API_Group", about: "a group of IAM users",
				input: reflect.TypeFor[iam.CreateGroupInput](), output: reflect.TypeFor[types.Group](),
			},
			{
				name: "InstanceProfile", doc: "API_InstanceProfile", about: "what gives a role to an EC2 instance",
				input: reflect.TypeFor[iam.CreateInstanceProfileInput](), output: reflect.TypeFor[types.InstanceProfile](),
			},
			{
				name: "OpenIDConnectProvider", doc: "API_CreateOpenIDConnectProvider", about: "an identity provider that speaks OpenID Connect",
				input: reflect.TypeFor[iam.CreateOpenIDConnectProviderInput](), output: reflect.TypeFor[iam.GetOpenIDConnectProviderOutput](),
			},
			policy(),
			{
				name: "Role", doc: "API_Role", about: "an IAM role",
				input: reflect.TypeFor[iam.CreateRoleInput](), output: reflect.TypeFor[types.Role](),
			},
			{
				name: "ServiceLinkedRole", doc: "API_CreateServiceLinkedRole", about: "a role that an AWS service defines for itself",
				input: reflect.TypeFor[iam.CreateServiceLinkedRoleInput](), output: reflect.TypeFor[types.Role](),
			},
			{
				name: "User", doc: "API_User", about: "an IAM user",
				input: reflect.TypeFor[iam.CreateUserInput](), output: reflect.TypeFor[types.User](),
			},
		},
	}
}

func policy() kind {
	return kind{
		name: "Policy", emit: true, doc: "API_Policy", about: "a managed policy of an account",
		input: reflect.TypeFor[iam.CreatePolicyInput](), output: reflect.TypeFor[types.Policy](),
		fields: map[string]string{
			"spec.description":    "is a remark. AWS cannot change it later.",
			"spec.name":           "is the policy's name, unique in its account. AWS cannot change it later.",
			"spec.path":           "is the path before the name in the ARN; / by default. AWS cannot change it later.",
			"spec.policyDocument": "is the policy as JSON.",

			"status.attachmentCount":               "counts the users, groups and roles that have the policy.",
			"status.isAttachable":                  "says whether the policy can be given to a user, group or role.",
			"status.permissionsBoundaryUsageCount": "counts the users and roles that the policy bounds.",
			"status.updateDate":                    "is when the default version was made.",
		},
	}
}
