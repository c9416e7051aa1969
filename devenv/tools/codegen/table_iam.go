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
		fields: map[string]string{
			"RoleLastUsed.lastUsedDate": "is when the role was last used.",
			"RoleLastUsed.region":       "is the Region in which the role was last used.",
		},
		kinds: []kind{
			{
				name: "Group", doc: "API_Group", about: "a group of IAM users",
				input: reflect.TypeFor[iam.CreateGroupInput](), output: reflect.TypeFor[types.Group](),
			},
			instanceProfile(),
			{
				name: "OpenIDConnectProvider", doc: "API_CreateOpenIDConnectProvider", about: "an identity provider that speaks OpenID Connect",
				input: reflect.TypeFor[iam.CreateOpenIDConnectProviderInput](), output: reflect.TypeFor[iam.GetOpenIDConnectProviderOutput](),
			},
			policy(),
			role(),
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
		name: "Policy", emit: true, doc: "API_Policy", about: "a managed policy of an account", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreatePolicyInput](), output: reflect.TypeFor[types.Policy](),
		late: []string{"path"},
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

func role() kind {
	return kind{
		name: "Role", emit: true, doc: "API_Role", about: "an IAM role", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreateRoleInput](), output: reflect.TypeFor[types.Role](),
		late: []string{"maxSessionDuration", "path"},
		references: []reference{
			{
				path: "permissionsBoundaryRef", into: "permissionsBoundary", kind: "iam.Policy",
				why: "A role is never made without the boundary that it must have.",
			},
			{path: "policyRefs[]", into: "policies", kind: "iam.Policy", step: true},
		},
		fields: map[string]string{
			"spec.assumeRolePolicyDocument": "is the trust policy as JSON: who may assume the role.",
			"spec.description":              "is a remark; without it the role has none.",
			"spec.inlinePolicies":           "maps names to policies as JSON that are parts of the role. Others are deleted.",
			"spec.maxSessionDuration":       "is how long a session may last, in seconds, from 3600 to 43200.",
			"spec.name":                     "is the role's name, unique in its account whatever its case. AWS cannot change it later.",
			"spec.path":                     "is the path before the name in the ARN; / by default. AWS cannot change it later.",
			"spec.permissionsBoundary":      "is the ARN of the policy that bounds what the role may be granted.",
			"spec.permissionsBoundaryRef":   "names the Policy object that bounds what the role may be granted.",
			"spec.policies":                 "lists the ARNs of the managed policies of the role. Others are detached.",
			"spec.policyRefs":               "names the Policy objects whose policies the role has.",

			"status.createDate":   "is when AWS made the role.",
			"status.roleID":       "is AWS's unique id; a role made again under the same name has another.",
			"status.roleLastUsed": "says when and where the role was last used.",
		},
	}
}

func instanceProfile() kind {
	return kind{
		name: "InstanceProfile", emit: true, doc: "API_InstanceProfile", about: "what gives a role to an EC2 instance", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreateInstanceProfileInput](), output: reflect.TypeFor[types.InstanceProfile](),
		late:       []string{"path"},
		references: []reference{{path: "roleRef", into: "role", kind: "iam.Role", from: "spec.name", step: true}},
		fields: map[string]string{
			"spec.name":    "is the profile's name, unique in its account whatever its case. AWS cannot change it later.",
			"spec.path":    "is the path before the name in the ARN; / by default. AWS cannot change it later.",
			"spec.role":    "is the name of the role that instances with the profile get.",
			"spec.roleRef": "names the Role object whose role instances with the profile get.",

			"status.createDate":        "is when AWS made the profile.",
			"status.instanceProfileID": "is AWS's unique id; a profile made again under the same name has another.",
		},
	}
}
