package workflows_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

var recorded = resource.Claim{ID: thingID}

func TestPassThatFindsNothingToDo(t *testing.T) {
	w := newWorld(t, having()).holds(recorded)
	w.level.ReportedState = resource.Synced
	w.start.Carry.Force = true // observe AWS to find drift
	w.run().wantCalls("kube/Level Observe").wantReports().wantResult(resource.Synced, thingID)
}

// AWS changes some resources by itself at a known time. Their objects are Synced and name the time of the
// next look, also where a pass finds nothing else to report.
func TestNextLookOfASyncedObject(t *testing.T) {
	next := having()
	next.Next = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, reported := range []resource.State{"", resource.Synced} {
		w := newWorld(t, next).holds(recorded)
		w.level.ReportedState, w.start.Carry.Force = reported, true
		w.run().wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Synced").wantResult(resource.Synced, thingID)
		if at := w.reports[0].NextTry; at == nil || !at.Equal(next.Next) {
			t.Errorf("the next look is at %v, want %s", at, next.Next)
		}
	}
}

// The late initialization is part of the report that settles the object. An earlier write to the
// spec of a waiting object would wake it.
func TestFieldsThatAWSFilledIn(t *testing.T) {
	late := having()
	late.Late = json.RawMessage(`{"path":"/"}`)
	filled := func(w *world) (late []string) {
		for _, r := range w.reports {
			late = append(late, string(r.Late))
		}
		return late
	}
	for name, test := range map[string]struct {
		change func(*world)
		calls  string
		want   []string
	}{
		"settled only now":     {func(*world) {}, "kube/Level Observe kube/PatchStatus", []string{`{"path":"/"}`}},
		"settled long ago":     {func(w *world) { w.level.ReportedState, w.start.Carry.Force = resource.Synced, true }, "kube/Level Observe kube/PatchStatus", []string{`{"path":"/"}`}},
		"waits for a referred": {func(w *world) { w.level.Unresolved = []string{"spec.x: is not there"} }, "kube/Level Observe kube/PatchStatus kube/Await Observe kube/PatchStatus", []string{``, `{"path":"/"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, late).holds(recorded)
			test.change(w)
			w.run(w.after(time.Minute, func() { w.change(func(l *resource.Level) { l.Unresolved, l.Digest = nil, "d2" }) }))
			w.wantCalls(test.calls)
			if diff := cmp.Diff(test.want, filled(w)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettledPass(t *testing.T) {
	for _, state := range []resource.State{resource.Synced, resource.Terminal, resource.Blocked, resource.Foreign} {
		t.Run(string(state), func(t *testing.T) {
			w := newWorld(t).holds(recorded)
			w.level.ReportedState = state
			if state == resource.Foreign {
				w.level.Problem = &resource.Problem{State: state, Reason: "OtherController"}
			}
			w.run().wantCalls("kube/Level").wantReports().wantResult(state, thingID)
		})
	}
}

func TestForeignObjectIsReportedOnceAndLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.level.Problem = &resource.Problem{State: resource.Foreign, Reason: "OtherController"}
	w.run().wantCalls("kube/Level kube/PatchStatus").wantReports("Foreign OtherController")
}

func TestObjectThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	w.level = resource.Level{Gone: true}
	w.run().wantCalls("kube/Level").wantResult(resource.Gone, "")
}

func TestHopelessSpec(t *testing.T) {
	w := newWorld(t, resource.Plan{Problem: &resource.Problem{State: resource.Terminal, Reason: "InvalidSpec"}})
	w.run().wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Terminal InvalidSpec")
}

func TestNotesMakeAnObjectTerminal(t *testing.T) {
	plan := having()
	plan.Notes = []string{"spec.name cannot be changed"}
	w := newWorld(t, plan).holds(recorded).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Terminal NotPossible")
}

// A difference that somebody may end in AWS is looked at again, at the slowest rate.
func TestADifferenceInAWSIsLookedAtAgain(t *testing.T) {
	plan := having()
	plan.Notes, plan.InAWS = []string{"spec.name cannot be changed", "AWS shows no interface at this device index"}, true
	w := newWorld(t, plan, plan, having()).holds(recorded)
	for range 2 {
		w.level.ReportedState = ""
		w.run()
		last := w.reports[len(w.reports)-1]
		if last.NextTry == nil {
			t.Fatal("the report names no next try")
		}
		if rest := last.NextTry.Sub(w.env.Now()).Round(time.Second); rest != 30*time.Minute || last.Message != resource.Several(plan.Notes) {
			t.Errorf("the next try is after %s with %q, want 30m0s with both notes", rest, last.Message)
		}
	}
	w.level.ReportedState = ""
	w.run().wantReports("Blocked DiffersInAWS", "Blocked DiffersInAWS", "Synced").wantResult(resource.Synced, thingID)
}

func TestStagesComeInOrder(t *testing.T) {
	w := newWorld(t, having(remove("b"), add("a")), having()).holds(recorded).run()
	w.wantCalls("kube/Level Observe Add Remove Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

// After the steps of a plan that says it is the last, AWS is not observed again, unless it refused one.
func TestLastPlanOfAPass(t *testing.T) {
	last := having(add("tags"))
	last.Last, last.Adopted, last.Late = true, true, json.RawMessage(`{"path":"/"}`)
	w := newWorld(t, last).holds(recorded).run()
	w.wantCalls("kube/Level Observe Add kube/PatchStatus").wantResult(resource.Synced, thingID)
	if r := w.reports[0]; !r.Adopted || string(r.Late) != `{"path":"/"}` {
		t.Errorf("the report is %+v", r)
	}
	w = newWorld(t, last, having()).holds(recorded)
	w.fails("Add", refuse("Code", resource.Quota)).run()
	w.wantCalls("kube/Level Observe Add Observe kube/PatchStatus")
}

func TestNothingIsRemovedWhenAddingFailed(t *testing.T) {
	w := newWorld(t, having(add("a"), remove("b"))).holds(recorded)
	w.fails("Add", refuse("RulesPerSecurityGroupLimitExceeded", resource.Quota)).run()
	w.wantCalls("kube/Level Observe Add Observe kube/PatchStatus").
		wantReports("Blocked RulesPerSecurityGroupLimitExceeded").wantResult(resource.Blocked, thingID)
	if got := w.looks[1].Failures; len(got) != 1 || got[0].Class != resource.Quota {
		t.Errorf("the second observation got the failures %+v, want the refused step", got)
	}
}

func TestFailedStep(t *testing.T) {
	for _, test := range []struct {
		class  resource.Class
		report string
	}{
		{resource.Invalid, "Terminal Code"},
		{resource.Quota, "Blocked Code"},
		{resource.NotFound, "Blocked Code"},
		{resource.Denied, "Blocked Code"},
	} {
		t.Run(string(test.class), func(t *testing.T) {
			w := newWorld(t, having(add("a"))).holds(recorded)
			w.on("Add", func(int) error { return refuse("Code", test.class) }).run()
			w.wantCalls("kube/Level Observe Add Observe kube/PatchStatus").wantReports(test.report)
		})
	}
}

// A refused request with parts that may succeed is tried again: only an object for which
// nothing is left to try is Terminal.
func TestUnfinishedStepIsTriedAgain(t *testing.T) {
	unfinished := add("a")
	unfinished.Unfinished = true
	w := newWorld(t, having(add("a"), add("b")), having(unfinished, add("b"))).holds(recorded)
	w.on("Add", func(int) error { return refuse("Code", resource.Invalid) }).run()
	w.wantCalls("kube/Level Observe Add Add Observe kube/PatchStatus").wantReports("Blocked Code")
	if w.reports[0].NextTry == nil {
		t.Error("no next try")
	}
}

func TestFailuresThatWereCuredAreNotReported(t *testing.T) {
	w := newWorld(t, having(add("both")), having(add("one"), add("two")), having(add("two"))).holds(recorded)
	quota := refuse("Single", resource.Quota)
	w.on("Add", failing(map[int]error{1: refuse("Batch", resource.Invalid), 2: quota, 3: quota})).run()
	w.wantCalls("kube/Level Observe Add Observe Add Add Observe kube/PatchStatus").wantReports("Blocked Single")
	if got, want := w.reports[0].Message, "Add two: Single: AWS said so"; got != want {
		t.Errorf("message = %q, want %q", got, want)
	}
}

// failing returns a hook that fails the calls with those numbers.
func failing(errs map[int]error) func(int) error {
	return func(n int) error { return errs[n] }
}

func TestStepThatIsSentOnce(t *testing.T) {
	once := add("a")
	once.Once = true
	t.Run("AWS carried it out", func(t *testing.T) {
		w := newWorld(t, having(once), having()).holds(recorded)
		w.fails("Add", unclear["missing heartbeat"]).run()
		w.wantCalls("kube/Level Observe Add Observe kube/PatchStatus").wantReports("Synced")
		if w.counts["Add"] != 1 {
			t.Errorf("sent %d times before AWS was observed", w.counts["Add"])
		}
	})
	t.Run("AWS did not carry it out", func(t *testing.T) {
		w := newWorld(t, having(once), having(once), having()).holds(recorded)
		w.fails("Add", unclear["no answer"]).run()
		w.wantCalls("kube/Level Observe Add Observe Add Observe kube/PatchStatus").wantReports("Synced")
		if !w.sent[0].Once {
			t.Error("the input does not say that the step is sent once")
		}
	})
	t.Run("stays unclear", func(t *testing.T) {
		w := newWorld(t, having(once)).holds(recorded)
		w.on("Add", func(int) error { return unclear["no answer"] }).run()
		w.wantCalls("kube/Level Observe Add Observe Add Observe kube/PatchStatus").wantReports("Blocked NoAnswer")
	})
}

func TestNeverEndingPlanIsBlocked(t *testing.T) {
	w := newWorld(t, having(add("a"))).holds(recorded).run()
	w.wantReports("Blocked NotSettling")
}

func TestPokeInTheMiddleOfAPlan(t *testing.T) {
	plans := func() []resource.Plan { return []resource.Plan{having(add("a"), remove("b")), having()} }
	t.Run("newer level", func(t *testing.T) {
		w := newWorld(t, plans()...).holds(recorded)
		w.during("Add", 1, w.edit).run()
		w.wantCalls("kube/Level Observe Add kube/Level Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("same level", func(t *testing.T) {
		w := newWorld(t, plans()...).holds(recorded)
		w.during("Add", 1, func() { w.poke() }).run()
		w.wantCalls("kube/Level Observe Add kube/Level Remove Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("while the newer level is read", func(t *testing.T) {
		w := newWorld(t, plans()...).holds(recorded)
		w.during("Add", 1, w.edit)
		w.during("kube/Level", 2, func() { w.poke() }).run()
		// The second poke may concern a change that the read missed.
		w.wantCalls("kube/Level Observe Add kube/Level Observe kube/PatchStatus kube/Level").wantReports("Synced")
	})
}

// An edit does not wait for a call that AWS delays.
func TestPokeWhileAStepRests(t *testing.T) {
	for name, test := range map[string]struct {
		what        func(*world)
		interrupted bool
	}{
		"that changes something": {(*world).edit, true},
		"that changes nothing":   {(*world).poke, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, having(step("Remove", "it", 0)), having()).holds(recorded)
			w.fails("Remove", dependent(8*time.Minute))
			var began time.Time
			w.run(func() { began = w.env.Now() }, w.after(time.Minute, func() { test.what(w) }))
			w.wantCalls("kube/Level Observe Remove kube/Level Observe kube/PatchStatus")
			if took := w.env.Now().Sub(began); (took < 2*time.Minute) != test.interrupted {
				t.Errorf("it took %s of the run's time, interrupted: %v", took, test.interrupted)
			}
		})
	}
}

func TestPokesThatCameLastAreDrained(t *testing.T) {
	w := newWorld(t, having()).holds(recorded)
	w.during("kube/PatchStatus", 1, func() { w.poke(); w.poke(); w.poke() }).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus kube/Level").wantResult(resource.Synced, thingID)
}

func TestBlockedObjectsRestLongerEachTime(t *testing.T) {
	var got []string
	w := newWorld(t, having(add("a"))).holds(recorded)
	w.on("Add", func(int) error { return refuse("Code", resource.Denied) })
	for range 7 {
		w.level.ReportedState = ""
		w.run()
		last := w.reports[len(w.reports)-1]
		got = append(got, last.NextTry.Sub(w.env.Now()).Round(1e9).String())
	}
	if diff := cmp.Diff([]string{"1m0s", "2m0s", "4m0s", "8m0s", "16m0s", "30m0s", "30m0s"}, got); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}
