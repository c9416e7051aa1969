package resource

import (
	"encoding/json"
	"time"
)

// State is how an object stands.
type State string

// The states. Only Waiting keeps a run open.
const (
	Synced   State = "Synced"   // AWS is as the spec says
	Waiting  State = "Waiting"  // a role, a reference, an AWS state: woken by its arrival
	Blocked  State = "Blocked"  // AWS may lift it: tried again at NextTry, or when an input changes
	Terminal State = "Terminal" // only another spec can cure it
	Foreign  State = "Foreign"  // another controller's object: left alone
	Deleted  State = "Deleted"
	Gone     State = "Gone" // no such object (any more)
)

// Report is the input of kube/PatchStatus: how an object stands, to be told on
// the object in ACK's conditions and by a Kubernetes event.
type Report struct {
	Ref        Ref             `json:"ref"`
	UID        string          `json:"uid"`
	State      State           `json:"state"`
	Reason     string          `json:"reason,omitempty"`
	Message    string          `json:"message,omitempty"`
	Status     json.RawMessage `json:"status,omitempty"` // what to show of the resource
	Late       json.RawMessage `json:"late,omitempty"`   // fields to put into the spec, where they are still unset
	Generation int64           `json:"generation"`
	Digest     string          `json:"digest,omitempty"`   // empty: not settled
	Selected   string          `json:"selected,omitempty"` // as the level says
	Unresolved []string        `json:"unresolved,omitempty"`
	References *References     `json:"references,omitempty"` // as the level says
	Retries    int             `json:"retries,omitempty"`
	NextTry    *time.Time      `json:"nextTry,omitempty"`
	Unproven   bool            `json:"unproven,omitempty"` // as the problem says: the id of the claim is not shown
	// Proven is the id that AWS's tags confirmed in this pass, or that our own create
	// returned. Only then the status takes the id from the claim, which may be forged.
	Proven  string   `json:"proven,omitempty"`
	Advices []Advice `json:"advices,omitempty"`
	// Advice is that of a worker that knows one reason only, ReasonSecondResource.
	Advice string `json:"advice,omitempty"`
}

// Fields of the status that the engine writes; all others are the kind's.
const (
	StatusConditions         = "conditions"
	StatusMetadata           = "ackResourceMetadata"
	StatusObservedGeneration = "observedGeneration"
	StatusInputsDigest       = "inputsDigest"
	StatusRetries            = "retries"
	StatusNextTry            = "nextTryTime"
	StatusSyncedID           = "syncedID"
)

// EngineOwned says whether the engine writes that field of the status.
func EngineOwned(field string) bool {
	switch field {
	case StatusConditions, StatusMetadata, StatusObservedGeneration, StatusInputsDigest, StatusRetries, StatusNextTry, StatusSyncedID:
		return true
	}
	return false
}
