package v1alpha1

// Annotations of objects.
const (
	// AnnotationAdopted is "true" after an existing resource was adopted.
	AnnotationAdopted = GroupName + "/adopted"
	// AnnotationAdoptionPolicy is one of the AdoptionPolicy constants.
	AnnotationAdoptionPolicy = GroupName + "/adoption-policy"
	// AnnotationAdoptionFields is a JSON object with the fields that identify the resource to
	// adopt.
	AnnotationAdoptionFields = GroupName + "/adoption-fields"
	// AnnotationAdoptionForce is "true" on an object that may adopt a resource of another owner: of
	// another object, or of another tool's stack. The annotation is Tack's, not ACK's.
	AnnotationAdoptionForce = GroupName + "/adoption-force"
	// AnnotationReadOnly is "true" on an object that only observes its resource.
	AnnotationReadOnly = GroupName + "/read-only"
	// AnnotationPlanOnly is "true" on an object for which Tack reports the calls that it would make, and
	// makes none. The annotation is Tack's, not ACK's.
	AnnotationPlanOnly = GroupName + "/plan-only"
	// AnnotationApprove lists, on an object or a namespace, what waits for an approval: ApproveDelete,
	// ApproveReplace, or both with a comma. The annotation is Tack's, not ACK's.
	AnnotationApprove = GroupName + "/approve"
	// AnnotationApproved says what somebody approved for an object: ApproveDelete, or ApproveReplace with
	// a colon and the id of the resource. The rest says who. The annotation is Tack's, not ACK's.
	AnnotationApproved = GroupName + "/approved"
	// AnnotationOnImmutableChange is ImmutableChangeReplace on an object whose resource Tack replaces by
	// another one where AWS cannot change a field. The annotation is Tack's, not ACK's.
	AnnotationOnImmutableChange = GroupName + "/on-immutable-change"
	// AnnotationReconcile is ReconcilePaused on an object or a namespace for which Tack sends nothing
	// that changes AWS. The annotation is Tack's, not ACK's.
	AnnotationReconcile = GroupName + "/reconcile"
	// AnnotationDeletionPolicy is one of the DeletionPolicy constants. NamespaceDeletionPolicy sets
	// a namespace's default.
	AnnotationDeletionPolicy = GroupName + "/deletion-policy"
	// AnnotationForceDestroy is "true" on an object whose deletion first removes what holds the
	// resource, for example the access keys of a user. The annotation is Tack's, not ACK's.
	AnnotationForceDestroy = GroupName + "/force-destroy"
	// AnnotationIgnoreFields names fields of the spec that Tack leaves alone after the create:
	// "spec.tags, spec.routes". The annotation is Tack's, not ACK's.
	AnnotationIgnoreFields = GroupName + "/ignore-fields"
	// AnnotationTakeOver is "true" on an object, or on a namespace, whose resources Tack takes over from
	// another controller. "false" on an object precedes its namespace. The annotation is Tack's, not
	// ACK's.
	AnnotationTakeOver = GroupName + "/take-over"
	// AnnotationLetGo releases a resource in an account or Region that the inputs no longer name:
	// "delete:<id>" or "retain:<id>". Tack then creates a new resource in the current account and
	// Region. The annotation is Tack's, not ACK's.
	AnnotationLetGo = GroupName + "/tack-let-go"
	// AnnotationRegion is the Region of the object's resource.
	AnnotationRegion = GroupName + "/region"
)

// Annotations of namespaces.
const (
	// AnnotationDefaultRegion is the Region of objects that name no Region.
	AnnotationDefaultRegion = GroupName + "/default-region"
	// AnnotationOwnerAccountID is the account that the namespace's resources belong to.
	AnnotationOwnerAccountID = GroupName + "/owner-account-id"
	// AnnotationTeamID names the team. Tack creates the namespace's resources with the team's role.
	AnnotationTeamID = GroupName + "/team-id"
	// AnnotationEndpointURL is the AWS endpoint to use instead of the Region's own.
	AnnotationEndpointURL = GroupName + "/endpoint-url"
)

// NamespaceDeletionPolicy returns the annotation that sets a namespace's deletion policy for the
// objects of one service, for example "ec2".
func NamespaceDeletionPolicy(service string) string {
	return service + "." + AnnotationDeletionPolicy
}

// Values of AnnotationAdoptionPolicy.
const (
	AdoptionPolicyAdopt         = "adopt"
	AdoptionPolicyAdoptOrCreate = "adopt-or-create"
)

// Values of AnnotationDeletionPolicy.
const (
	DeletionPolicyDelete = "delete"
	DeletionPolicyRetain = "retain"
)

// ReconcilePaused is the value of AnnotationReconcile.
const ReconcilePaused = "paused"

// What may wait for an approval.
const (
	ApproveDelete  = "delete"
	ApproveReplace = "replace"
)

// ImmutableChangeReplace is the value of AnnotationOnImmutableChange.
const ImmutableChangeReplace = "replace"

// ConfigMaps in the system namespace. Both map an id to the ARN of a role.
const (
	// ConfigMapRoleAccountMap maps account ids.
	ConfigMapRoleAccountMap = "ack-role-account-map"
	// ConfigMapRoleTeamMap maps team ids.
	ConfigMapRoleTeamMap = "ack-role-team-map"
	// SystemNamespace contains them unless the installation sets another namespace.
	SystemNamespace = "ack-system"
)
