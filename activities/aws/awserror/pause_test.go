package awserror

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
)

// A deletion that another resource holds is sent less and less often.
func TestPauses(t *testing.T) {
	var got []time.Duration
	for attempt := range int32(9) {
		got = append(got, Pause(attempt+1, false))
	}
	second := time.Second
	want := []time.Duration{second, 2 * second, 4 * second, 8 * second, 16 * second, 32 * second, 60 * second, 60 * second, 60 * second}
	if !slices.Equal(got, want) {
		t.Errorf("pauses %v, want %v", got, want)
	}
	if got := Pause(1, true); got != time.Minute {
		t.Errorf("who has waited before rests %s, want a minute", got)
	}
}

// A call that waits for a holder is sent once an hour, each in its own minute.
func TestAnyway(t *testing.T) {
	start, minutes := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), map[int]bool{}
	for name := range 40 {
		request, sent := []byte(fmt.Sprintf(`{"VpcId":"vpc-%d"}`, name)), 0
		for minute := range 180 {
			if now := start.Add(time.Duration(minute) * lastPause); Anyway(1, true, now, request) {
				sent++
				minutes[minute%60] = true
			}
			for attempt := range int32(6) { // the attempts whose pauses still grow
				if Anyway(attempt+1, false, start.Add(time.Duration(minute)*lastPause), request) {
					t.Fatalf("attempt %d is sent at minute %d", attempt+1, minute)
				}
			}
		}
		if sent != 3 {
			t.Errorf("%s is sent %d times in three hours", request, sent)
		}
	}
	if len(minutes) < 20 {
		t.Errorf("40 requests are sent in %d minutes of the hour", len(minutes))
	}
}

// The first attempt of an object that has not waited requires no read. Later attempts do, except
// the hourly one.
func TestAsksFirst(t *testing.T) {
	now, request := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), []byte("r")
	for !Anyway(1, true, now, request) {
		now = now.Add(lastPause)
	}
	for name, test := range map[string]struct {
		attempt int32
		waited  bool
		at      time.Time
		want    bool
	}{
		"the first":                     {1, false, now, false},
		"the second":                    {2, false, now, true},
		"one that has waited":           {1, true, now.Add(lastPause), true},
		"the one of the hour":           {1, true, now, false},
		"after many, that of the hour":  {30, false, now, false},
		"after many, at another minute": {30, false, now.Add(lastPause), true},
	} {
		if got := AsksFirst(activity.Info{Attempt: test.attempt, StartedTime: test.at}, test.waited, request); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
