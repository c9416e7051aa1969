package resource

// The names on the wire. They are a contract: a renamed activity breaks running
// workflows, a renamed queue loses them.
const (
	QueueWorkflows = "tack" // workflows
	QueueAWS       = "aws"  // AWS activities

	SignalPoke = "poke" // Poke: look again
	SignalRoll = "roll" // continue as new on the newest worker version

	KubeLevel           = "kube/Level"
	KubeAwait           = "kube/Await"
	KubeClaim           = "kube/Claim"
	KubeRecordID        = "kube/RecordID"
	KubeRelease         = "kube/Release"
	KubePatchStatus     = "kube/PatchStatus"
	KubeRemoveFinalizer = "kube/RemoveFinalizer"

	VerbValidate = "Validate"
	VerbObserve  = "Observe"
	VerbAwait    = "Await"
	VerbFind     = "Find"
	VerbCreate   = "Create"
	VerbSweep    = "Sweep"
	VerbTag      = "Tag"
	VerbUntag    = "Untag"
	VerbDelete   = "Delete" // by which every kind deletes its resource
)

// QueueKube is the queue of the bridge of one cluster.
func QueueKube(cluster string) string { return "kube/" + cluster }

// The search attributes, all of type Keyword: eight of the ten that a SQL store
// has room for.
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

// SearchAttributes lists the search attributes that must be registered.
func SearchAttributes() []string {
	return []string{
		AttributeKind, AttributeCluster, AttributeNamespace, AttributeName,
		AttributeAccount, AttributeRegion, AttributeResourceID, AttributeState,
	}
}
