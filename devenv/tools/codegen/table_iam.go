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
			"Tag.key":                   "is the key of the tag.",
			"Tag.value":                 "is the value of the tag.",
		},
		kinds: []kind{
			iamUserGroup(),
			instanceProfile(),
			openIDConnectProvider(),
			policy(),
			role(),
			serviceLinkedRole(),
			user(),
		},
	}
}

func policy() kind {
	return kind{
		name: "Policy", doc: "API_Policy", about: "a managed policy of an account", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreatePolicyInput](), output: reflect.TypeFor[types.Policy](),
		lateInitialized: []string{"path"},
		fields: map[string]string{
			"spec.description":    "is a description. AWS cannot change it later.",
			"spec.name":           "is the policy's name, unique in its account. AWS cannot change it later.",
			"spec.path":           "is the path before the name in the ARN. The default is /. AWS cannot change it later.",
			"spec.policyDocument": "is the policy as JSON.",

			"status.attachmentCount":               "counts the users, groups and roles with the policy.",
			"status.isAttachable":                  "says whether the policy can be attached to a user, group or role.",
			"status.permissionsBoundaryUsageCount": "counts the users and roles with the policy as their permissions boundary.",
			"status.updateDate":                    "is when the default version was created.",
		},
	}
}

func role() kind {
	return kind{
		name: "Role", doc: "API_Role", about: "an IAM role", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreateRoleInput](), output: reflect.TypeFor[types.Role](),
		lateInitialized: []string{"maxSessionDuration", "path"},
		references: []reference{
			{
				path: "permissionsBoundaryRef", into: "permissionsBoundary", kind: "iam.Policy",
				why: "A role is never created without its boundary.",
			},
			{path: "policyRefs[]", into: "policies", kind: "iam.Policy", step: true},
		},
		fields: map[string]string{
			"spec.assumeRolePolicyDocument": "is the trust policy as JSON: who may assume the role.",
			"spec.description":              "is a description. If it is omitted, the role has no description.",
			"spec.inlinePolicies":           "maps names to inline policies as JSON. Tack deletes the role's other inline policies.",
			"spec.maxSessionDuration":       "is how long a session may last, in seconds, from 3600 to 43200.",
			"spec.name":                     "is the role's name, unique in its account regardless of case. AWS cannot change it later.",
			"spec.path":                     "is the path before the name in the ARN. The default is /. AWS cannot change it later.",
			"spec.permissionsBoundary":      "is the ARN of the policy that is the role's permissions boundary.",
			"spec.permissionsBoundaryRef":   "names the Policy object that is the role's permissions boundary.",
			"spec.policies":                 "lists the ARNs of the managed policies of the role. Tack detaches all others.",
			"spec.policyRefs":               "names the Policy objects to attach to the role.",

			"status.createDate":   "is when AWS created the role.",
			"status.roleID":       "is AWS's unique id. A new role with the same name gets a new id.",
			"status.roleLastUsed": "says when and where the role was last used.",
		},
	}
}

func instanceProfile() kind {
	return kind{
		name: "InstanceProfile", doc: "API_InstanceProfile", about: "a profile that gives a role to an EC2 instance", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreateInstanceProfileInput](), output: reflect.TypeFor[types.InstanceProfile](),
		lateInitialized: []string{"path"},
		references:      []reference{{path: "roleRef", into: "role", kind: "iam.Role", step: true, named: true}},
		fields: map[string]string{
			"spec.name":    "is the profile's name, unique in its account regardless of case. AWS cannot change it later.",
			"spec.path":    "is the path before the name in the ARN. The default is /. AWS cannot change it later.",
			"spec.role":    "is the name of the role for instances with the profile.",
			"spec.roleRef": "names the Role object for instances with the profile.",

			"status.createDate":        "is when AWS created the profile.",
			"status.instanceProfileID": "is AWS's unique id. A new profile with the same name gets a new id.",
		},
	}
}

func openIDConnectProvider() kind {
	return kind{
		name: "OpenIDConnectProvider", doc: "API_CreateOpenIDConnectProvider", about: "an OpenID Connect identity provider", id: "ackResourceMetadata.arn",
		input: reflect.TypeFor[iam.CreateOpenIDConnectProviderInput](), output: reflect.TypeFor[iam.GetOpenIDConnectProviderOutput](),
		lateInitialized: []string{"thumbprints"},
		fields: map[string]string{
			"spec.clientIDs":   "lists the audiences that AWS accepts. Tack removes the provider's other client ids.",
			"spec.thumbprints": "lists the thumbprints of the certificates that sign for the provider. If it is omitted, AWS fetches one.",
			"spec.url":         "is the provider's URL, unique in its account.",
		},
	}
}

func iamUserGroup() kind {
	return kind{
		name: "Group", doc: "API_Group", about: "a group of IAM users", id: "groupID",
		input: reflect.TypeFor[iam.CreateGroupInput](), output: reflect.TypeFor[types.Group](),
		lateInitialized: []string{"path"},
		references:      []reference{{path: "policyRefs[]", into: "policies", kind: "iam.Policy", step: true}},
		fields: map[string]string{
			"spec.inlinePolicies": "maps names to inline policies as JSON. Tack deletes the group's other inline policies.",
			"spec.name":           "is the group's name, unique in its account regardless of case. It cannot change later.",
			"spec.path":           "is the path before the name in the ARN. The default is /.",
			"spec.policies":       "lists the ARNs of the managed policies of the group. Tack detaches all others.",
			"spec.policyRefs":     "names the Policy objects to attach to the group.",

			"status.createDate": "is when AWS created the group.",
			"status.groupID":    "is AWS's unique id. A new group with the same name gets a new id.",
		},
	}
}

func serviceLinkedRole() kind {
	return kind{
		name: "ServiceLinkedRole", doc: "API_CreateServiceLinkedRole", about: "a role that an AWS service defines for itself", id: "roleName",
		input: reflect.TypeFor[iam.CreateServiceLinkedRoleInput](), output: reflect.TypeFor[types.Role](),
		fields: map[string]string{
			"spec.awsServiceName": "is the service, for example autoscaling.amazonaws.com.",
			"spec.customSuffix":   "is added to the role's name, for a service that allows several roles.",
			"spec.description":    "is a description. If it is omitted, the service's own remains.",

			"status.assumeRolePolicyDocument":                    "is the trust policy as URL-encoded JSON.",
			"status.createDate":                                  "is when AWS created the role.",
			"status.maxSessionDuration":                          "is how long a session may last, in seconds.",
			"status.path":                                        "is the path before the name in the ARN. It contains the service.",
			"status.permissionsBoundary":                         "is the permissions boundary of the role.",
			"status.permissionsBoundary.permissionsBoundaryARN":  "is the ARN of the policy.",
			"status.permissionsBoundary.permissionsBoundaryType": "is the type of the boundary.",
			"status.roleID":                                      "is AWS's unique id. A new role with the same name gets a new id.",
			"status.roleLastUsed":                                "says when and where the role was last used.",
			"status.roleName":                                    "is the role's name, which the service determines.",
			"status.tags":                                        "lists the tags of the role.",
		},
	}
}

func user() kind {
	return kind{
		name: "User", doc: "API_User", about: "an IAM user", id: "userID",
		input: reflect.TypeFor[iam.CreateUserInput](), output: reflect.TypeFor[types.User](),
		lateInitialized: []string{"path"},
		references: []reference{
			{
				path: "permissionsBoundaryRef", into: "permissionsBoundary", kind: "iam.Policy",
				why: "A user is never created without its boundary.",
			},
			{path: "policyRefs[]", into: "policies", kind: "iam.Policy", step: true},
		},
		fields: map[string]string{
			"spec.inlinePolicies":         "maps names to inline policies as JSON. Tack deletes the user's other inline policies.",
			"spec.name":                   "is the user's name, unique in its account regardless of case. It cannot change later.",
			"spec.path":                   "is the path before the name in the ARN. The default is /.",
			"spec.permissionsBoundary":    "is the ARN of the policy that is the user's permissions boundary.",
			"spec.permissionsBoundaryRef": "names the Policy object that is the user's permissions boundary.",
			"spec.policies":               "lists the ARNs of the managed policies of the user. Tack detaches all others.",
			"spec.policyRefs":             "names the Policy objects to attach to the user.",

			"status.createDate":       "is when AWS created the user.",
			"status.passwordLastUsed": "is when the user's password was last used.",
			"status.userID":           "is AWS's unique id. A new user with the same name gets a new id.",
		},
	}
}
