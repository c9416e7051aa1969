package workflows

import "go.temporal.io/sdk/workflow"

// Each name marks a change of the order of commands. Temporal records it in the history of a run
// that reaches the change. A run whose history has gone past that place without the name keeps the
// old order.
const (
	givesAWSTime        = "aws-is-given-time"            // pauses while AWS does not show a change that it accepted
	acceptsThereAlready = "there-already"                // a change that AWS says is in effect counts as carried out
	reportsLasting      = "lasting-is-told"              // the object reports a failure that lasts; then it is retried
	reportsLastRefusal  = "last-refusal-is-told"         // a deletion reports the last refusal of each step alone
	reportsLost         = "lost-is-told-before-the-next" // the claim names a lost request before the next is sent
	clearsTrouble       = "trouble-clears"               // a settled object reports again after a wait
	searchesRecorded    = "taken-may-be-the-recorded"    // a search for the recorded resource when its name is taken
	searchesAfterWait   = "search-again-after-a-wait"    // a search that AWS did not answer is repeated; old runs took it for "none"
	sendsInChunks       = "steps-go-in-waves"            // a large stage is sent in chunks
	skipsAlike          = "refused-alike-is-spared"      // steps that AWS would refuse alike are not sent
	looksBeforeSends    = "looks-before-sends"           // a newer level is looked for before each create and each chunk of steps, too
	restsInFull         = "rests-in-full"                // a signal without a newer level does not end a rest
	looksBetweenDeletes = "looks-between-deletes"        // a newer level is looked for between the deletes beside the object's resource
	creationForbidden   = "creation-forbidden"           // plan-only, and a policy that only adopts, stop a create that is claimed
	skipsByTarget       = "spared-by-target"             // only what AWS answered counts, and only for steps with the same target
)

// supports reports whether this run is new enough for a change.
func (r *run) supports(change string) bool {
	return workflow.GetVersion(r.ctx, change, workflow.DefaultVersion, 1) > workflow.DefaultVersion
}
