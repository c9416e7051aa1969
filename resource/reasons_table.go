package resource

// Reasons lists every reason that is not an error code of AWS. docs/conditions.md is
// generated from it.
func Reasons() []Reason {
	return []Reason{
		{ReasonNamespaceNotFound, AboutPlace, Waiting, Operator, "The namespace does not exist in the API server.", "Create it.", true},
		{ReasonNamespaceNotReadable, AboutPlace, Waiting, Operator, "The bridge may not read the namespace.", "Give the bridge the rights in `config/rbac`.", true},
		{ReasonAccountUnknown, AboutPlace, Waiting, User, "The namespace names no account.", "Annotate it with `services.k8s.aws/owner-account-id`, or start the bridge with `--default-account-id`.", true},
		{ReasonAccountMalformed, AboutPlace, Waiting, User, "The annotation of the namespace is not an account id.", "Write its twelve digits.", true},
		{ReasonNamespaceNotAllowed, AboutPlace, Waiting, Operator, "The role map does not let this namespace use the account.", "Add the namespace to `allowed-namespaces.<account>`.", true},
		{ReasonRoleMapNotFound, AboutPlace, Waiting, Operator, "The ConfigMap with the roles does not exist.", "Create it.", true},
		{ReasonRoleMapNotReadable, AboutPlace, Waiting, Operator, "The bridge may not read the ConfigMap with the roles.", "Give the bridge the rights in `config/rbac`.", true},
		{ReasonRoleNotMapped, AboutPlace, Waiting, Operator, "The ConfigMap has no entry for the account or team.", "Add an entry with the ARN of the role.", true},
		{ReasonRoleEmpty, AboutPlace, Waiting, Operator, "The entry of the account or team is empty.", "Write the ARN of the role.", true},
		{ReasonRoleMalformed, AboutPlace, Waiting, Operator, "The entry or selector does not hold the ARN of a role.", "Correct the ARN.", true},
		{ReasonRoleOfAnotherAccount, AboutPlace, Waiting, Operator, "The role belongs to another account than the namespace names.", "Let both name the same account.", true},
		{ReasonTeamUnknown, AboutPlace, Waiting, User, "The team annotation of the namespace is empty.", "Name a team.", true},
		{ReasonSelectorsNotReadable, AboutPlace, Waiting, Operator, "The bridge may not list the IAMRoleSelectors.", "Give the bridge the rights in `config/rbac`.", true},
		{ReasonSeveralSelectors, AboutPlace, Waiting, Operator, "Several IAMRoleSelectors match the object.", "Change them so that one matches.", true},
		{ReasonRegionUnknown, AboutPlace, Waiting, User, "Nothing names a Region.", "Annotate the object or its namespace, or start the bridge with `--aws-region`.", false},
		{ReasonRegionMalformed, AboutPlace, Waiting, User, "The name of the Region is malformed.", "Write a name like `us-west-2`.", false},
		{ReasonEndpointMalformed, AboutPlace, Waiting, User, "The endpoint of the namespace is not a URL of an endpoint.", "Write one like `https://host`, or remove the annotation.", false},
		{ReasonRoleDenied, AboutPlace, Waiting, Operator, "AWS does not let the worker assume the role.", "Let the role trust the worker. Tack asks again within a minute.", true},
		{ReasonRoleNotAllowed, AboutPlace, Waiting, Operator, "The worker's `--allow-roles` does not match the role.", "Add a pattern that matches it.", true},
		{ReasonEndpointNotAllowed, AboutPlace, Waiting, Operator, "The worker's `--allow-endpoints` does not match the endpoint.", "Add a pattern that matches it, or remove the annotation.", false},
		{ReasonWrongAccount, AboutPlace, Waiting, Operator, "AWS returns credentials of another account than the entry names.", "Correct the entry in the role map.", true},
		{ReasonNoSession, AboutPlace, Waiting, Tack, "AWS STS gives no session at the moment.", "", true},
		{ReasonAccountChanged, AboutPlace, Blocked, User, "The resource is in another account than the namespace names now.", "Follow [the runbook](runbooks/moved-account.md).", false},
		{ReasonRegionChanged, AboutPlace, Blocked, User, "The resource is in another Region than the inputs name now.", "Follow [the runbook](runbooks/moved-account.md).", false},

		{ReasonReferencesNotReady, AboutReference, Waiting, User, "An object that the spec refers to does not exist, is not Synced, or is being deleted.", "Read the message: it names each field and the cause.", false},
		{ReasonCrossNamespace, AboutReference, Terminal, User, "A reference names another namespace, which the bridge forbids.", "Refer to an object of the same namespace.", false},
		{ReasonHasDependants, AboutReference, Waiting, User, "Other objects still refer to the object that is being deleted.", "Delete them, or change their references.", false},
		{ReasonNoInternetGateway, AboutReference, Waiting, User, "A public NAT gateway needs an internet gateway at its VPC.", "Attach one.", false},

		{ReasonInvalidSpec, AboutSpec, Terminal, User, "AWS would refuse the spec for certain.", "Correct the field that the message names.", false},
		{ReasonNotPossible, AboutSpec, Terminal, User, "AWS cannot change this field of an existing resource. Everything else is applied.", "Restore the old value, or create another object.", false},
		{ReasonSpecTooLarge, AboutSpec, Terminal, User, "The spec is larger than Tack serves.", "Split it into several objects.", false},
		{ReasonObjectTooLarge, AboutSpec, Waiting, User, "The object is so large that the API server stores nothing more on it. An event says so, as no condition can.", "Make the spec or the annotations smaller.", false},
		{ReasonAnnotation, AboutSpec, Terminal, User, "An annotation asks for something that Tack does not do.", "Remove the annotation that the message names.", false},
		{ReasonSecretInClear, AboutSpec, Blocked, Operator, "The spec may contain secrets, and payloads are not encrypted.", "Read [secrets.md](secrets.md).", false},

		{ReasonNotOwned, AboutOwner, Blocked, User, "The resource does not carry the owner tag of the object.", "Put the tag back, or follow the message.", false},
		{ReasonOwnedByAnother, AboutOwner, Blocked, User, "The resource carries the owner tag of another object.", "Choose another name, or delete the other object.", false},
		{ReasonNameTaken, AboutOwner, Blocked, User, "A resource of this name exists and is not ours.", "Choose another name, or remove that resource.", false},
		{ReasonOtherController, AboutOwner, Foreign, User, "Another controller manages the object. Tack changes nothing.", "Stop the other controller first, or delete the object there.", false},
		{ReasonOtherInstallation, AboutOwner, Foreign, Operator, "Another installation of Tack manages the object.", "Give the bridge the `--install-id` that the message names.", false},
		{ReasonOtherCluster, AboutOwner, Foreign, Operator, "The claim names another cluster.", "Give the bridge the `--cluster` that the message names.", false},
		{ReasonClaimNotConfirmed, AboutOwner, Waiting, User, "The claim alone names the account or Region of the resource.", "Restore the annotations of the namespace, or remove the claim.", false},
		{ReasonClaimLost, AboutOwner, Waiting, AWS, "Somebody removed the claim. AWS does not show the resource, and Tack gives it time to do so.", "", false},
		{ReasonClaimEdited, AboutOwner, Waiting, AWS, "Claim and status name different resources. AWS shows none with the tags of the object, and Tack gives it time to do so.", "", false},
		{ReasonFinalizerStripped, AboutOwner, Gone, User, "Somebody removed the finalizer. The resource stays in AWS with its owner tags.", "Apply the object again to adopt it.", false},

		{ReasonPending, AboutResource, Waiting, AWS, "AWS is still making or changing the resource.", "", false},
		{ReasonDeleting, AboutResource, Waiting, AWS, "AWS is still deleting the resource.", "", false},
		{ReasonInUse, AboutResource, Waiting, User, "Something in AWS uses the resource, so it cannot be deleted.", "Remove what the message names.", false},
		{ReasonProtected, AboutResource, Waiting, User, "Termination protection keeps AWS from deleting the instance.", "Set `disableAPITermination: false`.", false},
		{ReasonFailed, AboutResource, Blocked, Tack, "AWS could not make the resource. Tack deletes it and makes another at the next try.", "Remove the cause that the message names.", false},
		{ReasonLaunchFailed, AboutResource, Blocked, Tack, "AWS ended the instance at its launch. Tack launches another at the next try.", "Remove the cause that the message names.", false},
		{ReasonNotVisibleYet, AboutResource, Waiting, AWS, "AWS accepted the create and does not show the resource yet.", "", false},
		{ReasonNotDeleted, AboutResource, Blocked, Tack, "AWS still shows the resource after several deletes.", "Look in AWS for what keeps it.", false},
		{ReasonNotSettling, AboutResource, Blocked, Tack, "AWS still shows the old values after several changes.", "Look for another tool that changes them back.", false},

		{ReasonAccountBusy, AboutAWS, Waiting, Tack, "Calls of this account wait for each other.", "", false},
		{ReasonNotFoundYet, AboutAWS, Waiting, Tack, "Tack looks for the resource of a create without an answer.", "", false},
		{ReasonNoAnswer, AboutAWS, Waiting, Tack, "AWS does not answer, or its answer is incomplete.", "", false},

		{ReasonTagWithoutKey, AboutAdvice, Synced, User, "A tag without a key is left out.", "Give it a key, or remove it.", false},
		{ReasonPortsIgnored, AboutAdvice, Synced, User, "AWS ignores the ports of a rule for this protocol and opens every port.", "Remove the ports, or choose tcp or udp.", false},
		{ReasonSecondResource, AboutAdvice, Synced, User, "A late request made a second resource.", "Read the message: Tack deletes it, or asks you to.", false},
		{ReasonStatusShortened, AboutAdvice, Synced, User, "The status leaves out a list, because the object would be too large with it. The resource is not affected.", "Make the spec smaller to have it shown.", false},
	}
}
