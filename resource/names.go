package resource

// The names on the wire. They are a contract: a renamed activity breaks running workflows, and a
// renamed queue loses its tasks.
const (
	QueueWorkflows = "tack" // workflows
	QueueAWS       = "aws"  // AWS activities

	SignalPoke = "poke" // Poke: start another pass
	SignalRoll = "roll" // continue as new on the newest worker version

	KubeLevel           = "kube/Level"
	KubeAwait           = "kube/Await"
	KubeClaim           = "kube/Claim"
	KubeRecordID        = "kube/RecordID"
	KubeVoidClaim       = "kube/Release" // stored histories hold this older name
	KubePatchStatus     = "kube/PatchStatus"
	KubeRemoveFinalizer = "kube/RemoveFinalizer"
	KubePropose         = "kube/Propose"
	KubeImport          = "kube/Import"
	KubeApprove         = "kube/Approve"

	VerbValidate = "Validate"
	VerbObserve  = "Observe"
	VerbAwait    = "Await"
	VerbFind     = "Find"
	VerbCreate   = "Create"
	VerbSweep    = "Sweep"
	VerbClean    = "Clean"
	VerbTag      = "Tag"
	VerbUntag    = "Untag"
	VerbDescribe = "Describe"
	VerbDelete   = "Delete" // with which every kind deletes its resource
)

// QueueKube returns the name of the task queue for the bridge of one cluster.
func QueueKube(cluster string) string { return "kube/" + cluster }

// The search attributes, all of type Keyword. They use eight of the ten columns that a SQL store
// has for this type.
const (
	AttributeKind       = "TackKind"
	AttributeCluster    = "TackCluster"
	AttributeNamespace  = "TackNamespace"
	AttributeName       = "TackName"
	AttributeAccount    = "TackAccount"
	AttributeRegion     = "TackRegion"
	AttributeResourceID = "TackResourceID"
	AttributeState      = "TackState"
)

// SearchAttributes returns the search attributes that must be registered.
func SearchAttributes() []string {
	return []string{
		AttributeKind, AttributeCluster, AttributeNamespace, AttributeName,
		AttributeAccount, AttributeRegion, AttributeResourceID, AttributeState,
	}
}
