package resource

import (
	"encoding/json"
	"time"
)

// State is the state of an object.
type State string

// The states. Only Waiting keeps a run open.
const (
	Synced   State = "Synced"   // AWS matches the spec
	Waiting  State = "Waiting"  // for a role, a reference or an AWS state, which wakes it
	Blocked  State = "Blocked"  // AWS may lift it: retried at NextTry, or when an input changes
	Terminal State = "Terminal" // only another spec can succeed
	Paused   State = "Paused"   // somebody asked Tack to wait: until that request is removed
	Foreign  State = "Foreign"  // another controller's object: left alone
	Deleted  State = "Deleted"
	Gone     State = "Gone" // no such object exists (any more)
)

// Report is the input of kube/PatchStatus: the state of an object. The activity writes it in ACK's
// conditions and as a Kubernetes event.
type Report struct {
	Ref        Ref             `json:"ref"`
	UID        string          `json:"uid"`
	State      State           `json:"state"`
	Reason     string          `json:"reason,omitempty"`
	Message    string          `json:"message,omitempty"`
	Status     json.RawMessage `json:"status,omitempty"`  // what the status shows of the resource
	Late       json.RawMessage `json:"late,omitempty"`    // fields to write into the spec while they are still unset
	Adopted    bool            `json:"adopted,omitempty"` // the object has adopted its resource, and says so in an annotation
	Generation int64           `json:"generation"`
	Digest     string          `json:"digest,omitempty"`   // empty: not settled
	Selected   string          `json:"selected,omitempty"` // as in the level
	Unresolved []string        `json:"unresolved,omitempty"`
	References *References     `json:"references,omitempty"` // as in the level
	Retries    int             `json:"retries,omitempty"`
	NextTry    *time.Time      `json:"nextTry,omitempty"`
	Unproven   bool            `json:"unproven,omitempty"` // as in the problem: the status does not show the id of the claim
	// Proven is the id that AWS's tags confirmed in this pass, or that our create returned. Only
	// then does the status copy the id from the claim, which may be forged.
	Proven string `json:"proven,omitempty"`
	// Planned is the run that read what this report follows from: AWS, or else the level. A reset
	// gives the report to another run, which does not write it.
	Planned string   `json:"planned,omitempty"`
	Advices []Advice `json:"advices,omitempty"`
	// Advice comes from a worker that knows only one reason, ReasonSecondResource.
	Advice string `json:"advice,omitempty"`
}

// Fields of the status that the engine writes. All others belong to the kind.
const (
	StatusConditions         = "conditions"
	StatusMetadata           = "ackResourceMetadata"
	StatusObservedGeneration = "observedGeneration"
	StatusInputsDigest       = "inputsDigest"
	StatusRetries            = "retries"
	StatusNextTry            = "nextTryTime"
	StatusSyncedID           = "syncedID"
)

// EngineOwned reports whether the engine writes that field of the status.
func EngineOwned(field string) bool {
	switch field {
	case StatusConditions, StatusMetadata, StatusObservedGeneration, StatusInputsDigest, StatusRetries, StatusNextTry, StatusSyncedID:
		return true
	}
	return false
}
