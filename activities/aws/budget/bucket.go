package budget

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/tack-dev/tack/activities/aws/awserror"
)

const (
	// moment is how long a call may wait for its token without giving back its slot.
	moment = time.Second
	// longest bounds the wait of a call that gives its slot back. It may come back to another worker, whose
	// bucket may have tokens meanwhile. The object reports the wait when the call comes again.
	longest = 30 * time.Second
	// headroom is the part of a bucket's size that is used. The rest covers calls that reach AWS
	// closer together than they were sent.
	headroom = 0.9
	// rounding keeps a whole number of tokens whole.
	rounding = 1e-9
	// slowdown multiplies the rate after a throttle.
	slowdown = 0.8
	// slowest is the lowest factor that throttles lead to.
	slowest = 1.0 / 64
	// recovery is the factor that a second without a throttle gives back. A probe of the full rate
	// then follows a throttle after 40 s.
	recovery = 0.005
	// together is the time in which several throttles count as one: their calls were in flight together.
	together = time.Second
	// remembered is how long calls that wait report AWS's throttle as the cause.
	remembered = time.Minute
	// unused is how long a bucket is kept after its last call.
	unused = 10 * time.Minute
)

// bucket is this worker's share of one of AWS's buckets.
type bucket struct {
	documented Limit
	share      float64 // of the documented limit
	factor     float64 // what throttles leave of the rate: 1 is all
	tokens     *rate.Limiter
	// tail is when the last call that was sent away gets its token. Later ones come after it, so
	// that calls return at the rate of the tokens, and not all at once.
	tail      time.Time
	changed   time.Time // of the factor
	throttled time.Time // by AWS, last; zero: never
	why       awserror.Denial
	used      time.Time
}

func newBucket(documented Limit, share float64, now time.Time) *bucket {
	b := &bucket{documented: documented, share: share, factor: 1, changed: now, used: now}
	b.tokens = rate.NewLimiter(b.limit(), b.size())
	return b
}

func (b *bucket) limit() rate.Limit { return rate.Limit(b.documented.PerSecond * b.share * b.factor) }

// size returns the number of tokens of a full bucket.
func (b *bucket) size() int { return max(1, int(b.documented.Size*b.share*headroom+rounding)) }

func (b *bucket) resize(share float64, now time.Time) {
	b.share = share
	b.tokens.SetLimitAt(now, b.limit())
	b.tokens.SetBurstAt(now, b.size())
}

// take takes a token that comes after the wait. If there is none within a moment, ok is false: the
// call should come again after the wait.
func (b *bucket) take(now time.Time) (wait time.Duration, ok bool) {
	b.used = now
	b.recover(now)
	perToken := time.Duration(float64(time.Second) / float64(b.limit()))
	if missing := 1 - b.tokens.TokensAt(now); missing > 0 {
		wait = time.Duration(missing * float64(perToken))
	}
	if wait <= moment {
		return b.tokens.ReserveN(now, 1).DelayFrom(now), true
	}
	if first := now.Add(wait); b.tail.Before(first) {
		b.tail = first
	} else {
		b.tail = b.tail.Add(perToken)
	}
	if wait = b.tail.Sub(now); wait > longest {
		b.tail = now.Add(longest)
		return spread(longest), false
	}
	return wait, false
}

// recover raises the rate after throttles, by the time since then.
func (b *bucket) recover(now time.Time) {
	if b.factor < 1 {
		b.factor = min(1, b.factor+recovery*now.Sub(b.changed).Seconds())
		b.tokens.SetLimitAt(now, b.limit())
	}
	b.changed = now
}

// refused records that AWS throttled a call: AWS's bucket is empty, and others take from it.
func (b *bucket) refused(why awserror.Denial, now time.Time) {
	b.recover(now)
	first := now.Sub(b.throttled) > together
	b.why = why
	if !first {
		return
	}
	b.throttled = now
	b.factor = max(slowest, b.factor*slowdown)
	b.tokens.SetLimitAt(now, b.limit())
	if left := int(b.tokens.TokensAt(now)); left > 0 {
		b.tokens.ReserveN(now, left)
	}
}

// slow reports whether AWS throttled the bucket recently.
func (b *bucket) slow(now time.Time) bool {
	return !b.throttled.IsZero() && now.Sub(b.throttled) < remembered
}
