package workflows

// outcome says what follows a stage of a pass. A caller continues on goOn, and returns any other
// outcome; where it does not, a comment says why. Reconcile acts on what arrives there.
type outcome int

const (
	goOn     outcome = iota // the pass goes on
	nextPass                // the pass is over: another pass reads the level again
	nextRun                 // the run continues as new
	done                    // the run ends, unless a signal arrived in the meantime
	failed                  // the run fails with r.err
)

// then returns next where the pass would go on.
func (o outcome) then(next outcome) outcome {
	if o == goOn {
		return next
	}
	return o
}

// fail ends the run with an error that Temporal must see: a bug, or the cancellation of the run.
func (r *run) fail(err error) outcome {
	r.err = err
	return failed
}

// resetIf ends the pass of a run that was reset. The bridge reports that as a stale write, the
// worker as a refusal. The kept part of the history describes a past state. A new run reads
// everything again, including an open claim, and searches for the resource of that claim before it
// sends anything.
func (r *run) resetIf(stale bool) outcome {
	if r.reset = r.reset || stale; r.reset {
		return nextPass
	}
	return goOn
}
