package awserror

import (
	"hash/fnv"
	"time"

	"go.temporal.io/sdk/activity"
)

// The pauses between two attempts of what another resource refuses, such as a deletion:
// it may go at any moment, and no event tells of one outside the cluster.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// Pause is the rest after an attempt that another resource refuses. It doubles up to a
// minute: many objects that one resource holds must not take their account's calls.
// Who has waited before begins with the longest.
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

// anywayEach is how many of the longest pauses pass between two calls that are sent
// although a read shows that AWS would refuse them: an hour.
const anywayEach = 60

// Anyway says whether a call that waits is sent although a read shows what holds the
// resource. The read may name what AWS does not mind by now, and would keep the resource
// for good. The request draws its minute of the hour, so that a crowd is spread. No
// attempt needs to know of those before it.
func Anyway(attempt int32, waited bool, now time.Time, request []byte) bool {
	if Pause(attempt, waited) < lastPause {
		return false
	}
	drawn := fnv.New32a()
	_, _ = drawn.Write(request) // it returns no error
	return (now.Unix()/int64(lastPause.Seconds())+int64(drawn.Sum32()))%anywayEach == 0
}

// AsksFirst says whether a call that another resource refuses waits for a read of what
// holds the resource: from its second attempt on, or where it has waited before.
func AsksFirst(info activity.Info, waited bool, request []byte) bool {
	return (info.Attempt > 1 || waited) && !Anyway(info.Attempt, waited, info.StartedTime, request)
}
