package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// mailbox holds the signals that no pass has processed yet.
type mailbox struct {
	pokes, rolls workflow.ReceiveChannel
	poked        bool
	force        bool // somebody asked for an observation of AWS in any case
	roll         bool
	gaveUp       string // uid of the object whose finalizer this run removed
}

func newMailbox(ctx workflow.Context, force bool) *mailbox {
	return &mailbox{
		pokes: workflow.GetSignalChannel(ctx, resource.SignalPoke),
		rolls: workflow.GetSignalChannel(ctx, resource.SignalRoll),
		force: force,
	}
}

// drain takes all delivered signals and reports whether any of them requires a pass.
func (m *mailbox) drain() bool {
	var poke resource.Poke
	for m.pokes.ReceiveAsync(&poke) {
		// The run that removed the finalizer already knows that it is gone.
		m.poked = m.poked || !poke.Gone || poke.UID == "" || poke.UID != m.gaveUp
		m.force = m.force || poke.Force
		poke = resource.Poke{}
	}
	for m.rolls.ReceiveAsync(nil) {
		m.roll = true
	}
	return m.poked || m.roll
}

// pending reports whether a signal waits for a pass. It takes none out of the channels: runs of older
// versions do that at certain places.
func (m *mailbox) pending() bool { return m.poked || m.roll || m.signals() > 0 }

// signals returns how many signals have arrived that no pass has processed.
func (m *mailbox) signals() int { return m.pokes.Len() + m.rolls.Len() }

// take marks the signals as processed. It reports whether AWS must be observed even for a settled
// object.
func (m *mailbox) take() (force bool) {
	m.drain()
	force = m.force
	m.poked, m.force = false, false
	return force
}

// arrives wakes a selector at the next signal.
func (m *mailbox) arrives(s workflow.Selector) {
	s.AddReceive(m.pokes, func(workflow.ReceiveChannel, bool) {})
	s.AddReceive(m.rolls, func(workflow.ReceiveChannel, bool) {})
}
