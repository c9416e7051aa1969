package resource

// MessageNoRole begins each message about a role that cannot be used, as in ACK.
const MessageNoRole = "IAM Role is not available"

// Reasons that the table of Reasons does not have: of the conditions Ready and ACK.LateInitialized.
const (
	ReasonReadyTerminal    = "ACK.Terminal"
	ReasonReadyRecoverable = "ACK.Recoverable"
	ReasonLate             = "Late initialization successful"
	ReasonNotLate          = "Delayed Late Initialization"
)

// Reasons of events. Other events have the state of the object, or one of Reasons.
const (
	EventCreated = "Created"
	EventFound   = "Found"
	EventGaveUp  = "LetGo"
	EventDeleted = "Deleted"
)

// Fixed is a reason that belongs to one condition or to events, whatever the object waits for.
type Fixed struct {
	Name  string
	On    string // the condition with its status; empty: an event
	Means string // one sentence, for users
}

// FixedReasons returns these reasons. docs/conditions.md is generated from it.
func FixedReasons() []Fixed {
	return []Fixed{
		{ReasonReadyTerminal, "Ready=False", "The condition `ACK.Terminal` has the reason."},
		{ReasonReadyRecoverable, "Ready=False", "The condition `ACK.Recoverable` has the reason."},
		{ReasonLate, "ACK.LateInitialized=True", "Each field that AWS fills in has a value."},
		{ReasonNotLate, "ACK.LateInitialized=False", "A field that AWS fills in has no value yet."},
		{EventCreated, "", "Tack created the resource and recorded its id."},
		{EventFound, "", "Tack found the resource of an earlier request, or adopted one, and recorded its id."},
		{EventGaveUp, "", "The object no longer has the resource; the message says why."},
		{EventDeleted, "", "Tack removed the finalizer; the message says what happened to the resource."},
	}
}
