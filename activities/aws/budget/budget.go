// Package budget keeps the calls of all workers together below the rates that AWS documents, and
// learns from throttles.
package budget

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Budgets has a bucket for each API, account and Region that this worker calls. AWS throttles the
// same units. The zero value is not usable; a nil pointer limits nothing.
type Budgets struct {
	part float64 // of AWS's rates, for all workers together

	mu      sync.Mutex
	workers int
	buckets map[Key]*bucket
}

// Key names a bucket of AWS.
type Key struct {
	Service, Account string
	Region           string // empty for IAM, which has one bucket for all Regions
	Operation        string
	Small            bool // the smaller bucket of a read without a filter
}

// New returns budgets for a part of the documented rates. 1 is all of them. A part of 0 or less
// returns nil.
func New(part float64) *Budgets {
	if part <= 0 {
		return nil
	}
	return &Budgets{part: part, workers: 1, buckets: map[Key]*bucket{}}
}

// Divide sets the number of workers that make calls; each has the same share. It also forgets
// buckets without recent calls.
func (b *Budgets) Divide(workers int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, before := time.Now(), b.workers
	b.workers = max(1, workers)
	for key, bucket := range b.buckets {
		switch {
		case now.Sub(bucket.used) > unused:
			delete(b.buckets, key)
		case b.workers != before:
			bucket.resize(b.share(), now)
		}
	}
}

func (b *Budgets) share() float64 { return b.part / float64(b.workers) }

// take takes a token of a bucket, which comes after the wait. Without one it returns a Denial, which
// says when to come again.
func (b *Budgets) take(key Key, documented Limit) (wait time.Duration, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	bucket := b.bucket(key, documented, now)
	wait, ok := bucket.take(now)
	if ok {
		return wait, nil
	}
	return 0, bucket.denial(key, wait, now)
}

func (b *Budgets) bucket(key Key, documented Limit, now time.Time) *bucket {
	found, ok := b.buckets[key]
	if !ok {
		found = newBucket(documented, b.share(), now)
		b.buckets[key] = found
	}
	return found
}

// refused records that AWS throttled a call.
func (b *Budgets) refused(key Key, documented Limit, code, message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.bucket(key, documented, now).refused(awserror.Denial{Code: code, Message: message}, now)
}

// later returns the Denial of a call that gave up its wait.
func (b *Budgets) later(key Key, documented Limit, wait time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	return b.bucket(key, documented, now).denial(key, wait, now)
}

// denial returns the error of a call that was not sent. After a throttle it has AWS's code and
// message, so that the object reports one cause.
func (b *bucket) denial(key Key, again time.Duration, now time.Time) awserror.Denial {
	why := b.why
	if !b.slow(now) {
		why = awserror.Denial{Code: resource.ReasonRateBudget, Message: key.words()}
	}
	why.Again = again
	return why
}

// words explains the wait. They name no duration, so that each attempt has the same message.
func (k Key) words() string {
	where := ""
	if k.Region != "" {
		where = " in " + k.Region
	}
	return fmt.Sprintf("account %s has used up its rate of %s calls%s: Tack waits, so that AWS does not throttle the account", k.Account, k.Operation, where)
}

// spread returns a time between half of d and d, so that calls do not arrive at once.
func spread(d time.Duration) time.Duration {
	return d/2 + rand.N(d/2) //nolint:gosec // spreads the load
}
