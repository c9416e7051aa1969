package v1alpha1

// Annotations of objects.
const (
	// AnnotationAdopted is "true" once a resource that existed before was taken over.
	AnnotationAdopted = GroupName + "/adopted"
	// AnnotationAdoptionPolicy is one of the AdoptionPolicy constants.
	AnnotationAdoptionPolicy = GroupName + "/adoption-policy"
	// AnnotationAdoptionFields is a JSON object of the fields that identify the
	// resource to take over.
	AnnotationAdoptionFields = GroupName + "/adoption-fields"
	// AnnotationReadOnly is "true" on an object whose resource is only observed.
	AnnotationReadOnly = GroupName + "/read-only"
	// AnnotationDeletionPolicy is one of the DeletionPolicy constants.
	// NamespaceDeletionPolicy gives a namespace's default.
	AnnotationDeletionPolicy = GroupName + "/deletion-policy"
	// AnnotationLetGo lets go of a resource that is in another account or Region
	// than the inputs name by now: "delete:<id>" or "retain:<id>". Another one is
	// then made where they name. It is ours, not ACK's.
	AnnotationLetGo = GroupName + "/tack-let-go"
	// AnnotationRegion is the Region of the object's resource.
	AnnotationRegion = GroupName + "/region"
)

// Annotations of namespaces.
const (
	// AnnotationDefaultRegion is the Region of objects that name none.
	AnnotationDefaultRegion = GroupName + "/default-region"
	// AnnotationOwnerAccountID is the account that the namespace's resources belong to.
	AnnotationOwnerAccountID = GroupName + "/owner-account-id"
	// AnnotationTeamID names the team whose role makes the namespace's resources.
	AnnotationTeamID = GroupName + "/team-id"
	// AnnotationEndpointURL is the AWS endpoint to use instead of the Region's own.
	AnnotationEndpointURL = GroupName + "/endpoint-url"
)

// NamespaceDeletionPolicy is the annotation by which a namespace sets the
// deletion policy of its objects of one service, for example "ec2".
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

// ConfigMaps in the system namespace. Both map an id to the ARN of a role.
const (
	// ConfigMapRoleAccountMap maps account ids.
	ConfigMapRoleAccountMap = "ack-role-account-map"
	// ConfigMapRoleTeamMap maps team ids.
	ConfigMapRoleTeamMap = "ack-role-team-map"
	// SystemNamespace is where they are unless the installation says otherwise.
	SystemNamespace = "ack-system"
)
