package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// mailbox holds what was signalled and not yet acted upon.
type mailbox struct {
	pokes, rolls workflow.ReceiveChannel
	poked        bool
	force        bool // someone asked to look at AWS in any case
	roll         bool
	released     string // uid of the object that this run let go
}

func newMailbox(ctx workflow.Context, force bool) *mailbox {
	return &mailbox{
		pokes: workflow.GetSignalChannel(ctx, resource.SignalPoke),
		rolls: workflow.GetSignalChannel(ctx, resource.SignalRoll),
		force: force,
	}
}

// drain takes all that was delivered and says whether anything awaits a pass.
func (m *mailbox) drain() bool {
	var poke resource.Poke
	for m.pokes.ReceiveAsync(&poke) {
		// That an object is gone is no news to the run that let it go.
		m.poked = m.poked || !poke.Gone || poke.UID == "" || poke.UID != m.released
		m.force = m.force || poke.Force
		poke = resource.Poke{}
	}
	for m.rolls.ReceiveAsync(nil) {
		m.roll = true
	}
	return m.poked || m.roll
}

// take marks what arrived as acted upon, and says whether to look at AWS even
// for an object that is settled.
func (m *mailbox) take() (force bool) {
	m.drain()
	force = m.force
	m.poked, m.force = false, false
	return force
}

// arrives makes a selector wake at the next signal.
func (m *mailbox) arrives(s workflow.Selector) {
	s.AddReceive(m.pokes, func(workflow.ReceiveChannel, bool) {})
	s.AddReceive(m.rolls, func(workflow.ReceiveChannel, bool) {})
}
