package awserror

import (
	"hash/fnv"
	"time"

	"go.temporal.io/sdk/activity"
)

// The pauses between two attempts of a call that AWS refuses because of another resource, such as a
// deletion. That resource may disappear at any moment, and outside the cluster no event reports it.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// Pause returns the pause after an attempt that AWS refuses because of another resource. It doubles
// up to a minute: many objects that one resource holds must not use up their account's calls. An
// object that waited before starts with the longest pause.
func Pause(attempt int32, waited bool) time.Duration {
	if waited {
		return lastPause
	}
	pause := firstPause
	for ; attempt > 1 && pause < lastPause; attempt-- {
		pause *= 2
	}
	return min(pause, lastPause)
}

// anywayEach is the number of longest pauses between two calls that are sent although a read shows
// a holder: one hour in total.
const anywayEach = 60

// Anyway reports whether a waiting call is sent although a read shows what holds the resource. The
// read may name a holder that AWS no longer minds, and would then keep the resource permanently.
// The request determines its minute of the hour, so that a crowd is spread out. No attempt needs to
// know about earlier ones.
func Anyway(attempt int32, waited bool, now time.Time, request []byte) bool {
	if Pause(attempt, waited) < lastPause {
		return false
	}
	drawn := fnv.New32a()
	_, _ = drawn.Write(request) // never returns an error
	return (now.Unix()/int64(lastPause.Seconds())+int64(drawn.Sum32()))%anywayEach == 0
}

// AsksFirst reports whether a call first needs a read of what holds the resource. This is so from
// its second attempt on, or if the object waited before.
func AsksFirst(info activity.Info, waited bool, request []byte) bool {
	return (info.Attempt > 1 || waited) && !Anyway(info.Attempt, waited, info.StartedTime, request)
}
