package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// roleless makes the object wait for its role.
func (w *world) roleless() *world {
	w.level.Wait = &resource.Wait{Reason: "RoleNotMapped", Message: "add an entry"}
	w.level.Target = resource.Target{}
	return w
}

// mapped gives the object its role.
func (w *world) mapped() {
	w.change(func(l *resource.Level) {
		l.Wait, l.Digest = nil, "d2"
		l.Target = resource.Target{Partition: "aws", AccountID: "111122223333", Region: "us-west-2"}
	})
}

const waits = "kube/Level Validate kube/PatchStatus kube/Await"

func TestGate(t *testing.T) {
	t.Run("a poke wakes", func(t *testing.T) {
		w := newWorld(t, making(), having()).roleless()
		w.run(w.after(90*time.Second, func() { w.mapped(); w.poke() }))
		w.wantCalls(waits+" "+created+" Observe kube/PatchStatus").
			wantReports("Waiting RoleNotMapped", "Synced").wantResult(resource.Synced, thingID)
	})
	t.Run("its attempts notice", func(t *testing.T) {
		w := newWorld(t, making(), having()).roleless()
		w.run(w.after(90*time.Second, w.mapped))
		// The next pass works on the level that Await returned.
		w.wantCalls(waits+" Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("it is reported once", func(t *testing.T) {
		w := newWorld(t, making(), having()).roleless()
		w.run(w.after(time.Minute, func() { w.poke() }), w.after(2*time.Minute, func() { w.mapped(); w.poke() }))
		w.wantCalls(waits+" kube/Level Validate kube/Await "+created+" Observe kube/PatchStatus").
			wantReports("Waiting RoleNotMapped", "Synced")
	})
	t.Run("a hopeless spec does not wait", func(t *testing.T) {
		w := newWorld(t).roleless()
		w.invalid = &resource.Problem{State: resource.Terminal, Reason: "InvalidSpec"}
		w.run().wantCalls("kube/Level Validate kube/PatchStatus").wantReports("Terminal InvalidSpec")
	})
	t.Run("ten minutes", func(t *testing.T) {
		w := newWorld(t).roleless().run()
		w.wantCalls(waits).wantRenewed()
	})
	t.Run("roll", func(t *testing.T) {
		w := newWorld(t).roleless()
		w.run(w.after(time.Minute, func() { w.env.SignalWorkflow(resource.SignalRoll, nil) }))
		w.wantCalls(waits).wantRenewed()
	})
}

func TestRollLetsAPassThatIsDoneEnd(t *testing.T) {
	w := newWorld(t, having()).holds(recorded)
	w.during("kube/PatchStatus", 1, func() { w.env.SignalWorkflow(resource.SignalRoll, nil) }).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

func TestRollInTheMiddleOfAForcedPassKeepsTheForce(t *testing.T) {
	w := newWorld(t, having(add("a"), remove("b"))).holds(recorded)
	w.level.ReportedState, w.start.Carry.Force = resource.Synced, true
	w.during("Add", 1, func() { w.env.SignalWorkflow(resource.SignalRoll, nil) }).run()
	w.wantCalls("kube/Level Observe Add").wantRenewed()
	if !w.start.Carry.Force {
		t.Error("the next run would take the object for settled")
	}
}

func TestUnresolvedReferencesOfSteps(t *testing.T) {
	w := newWorld(t, making(), having()).holds(resource.Claim{Void: true})
	w.level.Unresolved = []string{"SecurityGroup peer is not ready"}
	w.run(w.after(time.Minute, func() {
		w.change(func(l *resource.Level) { l.Unresolved, l.Digest = nil, "d2" })
		w.poke()
	}))
	w.wantCalls(created+" Observe kube/PatchStatus kube/Await kube/Level Observe kube/PatchStatus").
		wantReports("Waiting ReferencesNotReady", "Synced").wantResult(resource.Synced, thingID)
}

func TestStateOfAWSIsAwaited(t *testing.T) {
	pending := having()
	pending.Wait = &resource.Wait{Reason: "Pending", Message: "the thing is pending"}
	ready := having(add("a"))
	t.Run("until it is there", func(t *testing.T) {
		w := newWorld(t, making(), pending, having())
		w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &ready }) }))
		// The plan of Await is used: AWS is not observed twice.
		w.wantCalls(created+" Observe kube/PatchStatus Await Add Observe kube/PatchStatus").
			wantReports("Waiting Pending", "Synced").wantResult(resource.Synced, thingID)
	})
	t.Run("of an object that was settled", func(t *testing.T) {
		w := newWorld(t, pending, having()).holds(recorded)
		w.level.ReportedState, w.start.Carry.Force = resource.Synced, true
		w.ready = &ready
		w.run().wantCalls("kube/Level Observe kube/PatchStatus Await Add Observe kube/PatchStatus").
			wantReports("Waiting Pending", "Synced")
	})
	t.Run("a poke wakes", func(t *testing.T) {
		w := newWorld(t, pending, having()).holds(recorded)
		w.run(w.after(time.Minute, w.edit))
		w.wantCalls("kube/Level Observe kube/PatchStatus Await kube/Level Observe kube/PatchStatus").
			wantReports("Waiting Pending", "Synced")
	})
	t.Run("ten minutes", func(t *testing.T) {
		w := newWorld(t, pending).holds(recorded).run()
		w.wantCalls("kube/Level Observe kube/PatchStatus Await").wantRenewed()
	})
}

// A resource that AWS accepted and then failed to make is shown and rests. The rest grows each time
// although the object waited in between.
func TestStateOfAWSThatEndsInFailure(t *testing.T) {
	pending, failed := having(), having()
	pending.Wait = &resource.Wait{Reason: "Pending", Message: "the thing is pending"}
	failed.Problem = &resource.Problem{State: resource.Blocked, Reason: "Gateway.NotAttached", Message: "no gateway"}
	failed.Status = []byte(`{"state":"failed"}`)
	gone := pending
	gone.Wait = &resource.Wait{Reason: "Deleting", Message: "the thing is being deleted"}
	w := newWorld(t, pending).holds(recorded)
	w.ready = &failed
	w.run().wantReports("Waiting Pending", "Blocked Gateway.NotAttached").wantResult(resource.Blocked, thingID)
	if last := w.reports[1]; last.Retries != 1 || string(last.Status) != `{"state":"failed"}` || last.NextTry == nil {
		t.Errorf("the report of the first failure is %+v", last)
	}
	w.level.ReportedState, w.reports, w.plans = "", nil, []resource.Plan{having(del()), gone}
	again := making()
	w.ready = &again
	w.during("Create", 1, func() { w.change(func(*resource.Level) { w.plans, w.ready = []resource.Plan{pending}, &failed }) })
	w.run().wantReports("Waiting Deleting", "Waiting Pending", "Blocked Gateway.NotAttached")
	if last := w.reports[2]; last.Retries != 2 {
		t.Errorf("the report of the second failure is %+v", last)
	}
}

func TestNobodyAnswers(t *testing.T) {
	down := func(int) error { return errors.New("down") }
	for _, test := range []struct{ activity, calls string }{
		{"kube/Level", "kube/Level"},
		{"kube/Claim", "kube/Level Observe kube/Claim"},
		{"kube/PatchStatus", "kube/Level Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus"},
	} {
		t.Run(test.activity, func(t *testing.T) {
			w := newWorld(t, making(), having())
			w.on(test.activity, down).run()
			w.wantCalls(test.calls).wantRenewed()
		})
	}
	t.Run("Observe", func(t *testing.T) {
		w := newWorld(t)
		w.on("Observe", func(int) error { return unclear["start to close"] }).run()
		w.wantCalls("kube/Level Observe").wantRenewed()
	})
}

func TestAWSThatCannotBeLookedAt(t *testing.T) {
	w := newWorld(t)
	w.fails("Observe", refuse("AccessDenied", resource.Denied)).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Blocked AccessDenied").wantResult(resource.Blocked, "")
}

// AWS refuses the id of an edited claim: no edit of the spec cures that.
func TestALookThatAWSCallsInvalid(t *testing.T) {
	w := newWorld(t)
	w.fails("Observe", refuse("InvalidInput", resource.Invalid)).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Blocked InvalidInput").wantResult(resource.Blocked, "")
}

func TestCancellationNeverLosesAnID(t *testing.T) {
	w := newWorld(t, making(add("a")))
	w.during("Create", 1, func() { w.env.CancelWorkflow() }).run()
	w.wantCalls(created)
	if w.level.Object.Claim.ID != thingID {
		t.Error("the id was not recorded")
	}
}

func TestActivitiesGoToTheirQueues(t *testing.T) {
	w := newWorld(t, making(add("a")), having()).run()
	for name, want := range map[string]string{
		"kube/Level": "kube/c1", "kube/Claim": "kube/c1", "kube/RecordID": "kube/c1", "kube/PatchStatus": "kube/c1",
		"Observe": resource.QueueAWS, "Create": resource.QueueAWS, "Add": resource.QueueAWS,
	} {
		o := w.options[name]
		if o.TaskQueue != want {
			t.Errorf("%s goes to queue %q, want %q", name, o.TaskQueue, want)
		}
	}
	order := []int{w.options["kube/RecordID"].Priority.PriorityKey, w.options["kube/Level"].Priority.PriorityKey, w.options["kube/Claim"].Priority.PriorityKey}
	if diff := cmp.Diff([]int{1, 2, 0}, order); diff != "" { // 0 is Temporal's default, 3
		t.Errorf("priority of the record, the level and the claim (-want +got):\n%s", diff)
	}
}
