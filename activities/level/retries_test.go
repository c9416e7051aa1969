package level

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// The failed tries of other inputs do not count: an object that is edited rests for seconds again.
// A try before its time does not count either.
func TestTriesAreThoseOfTheInputs(t *testing.T) {
	now := time.Now()
	digest := levelIn(t, complete(), settings).Digest
	for name, test := range map[string]struct {
		digest           string
		generation, seen int64
		in               time.Duration
		want             resource.Object
	}{
		"its time has come":     {digest, 1, 1, -time.Second, resource.Object{Retries: 9}},
		"a second before":       {digest, 1, 1, time.Second, resource.Object{Retries: 9}},
		"woken before its time": {digest, 1, 1, time.Minute, resource.Object{Retries: 9, Early: true}},
		"edited":                {digest, 2, 1, time.Minute, resource.Object{}},
		"another role":          {"another", 1, 1, time.Minute, resource.Object{}},
		"waited in between":     {"", 1, 1, -time.Second, resource.Object{Retries: 9}},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.Set(test.generation, "metadata", "generation")
			c.Set(test.seen, "status", resource.StatusObservedGeneration)
			c.Set(int64(9), "status", resource.StatusRetries)
			c.Set(now.Add(test.in).UTC().Format(time.RFC3339), "status", resource.StatusNextTry)
			if test.digest != "" {
				c.Set(test.digest, "status", resource.StatusInputsDigest)
			}
			got := levelIn(t, c, settings).Object
			if got.Retries != test.want.Retries || got.Early != test.want.Early {
				t.Errorf("%d tries, early %t; want %d, %t", got.Retries, got.Early, test.want.Retries, test.want.Early)
			}
		})
	}
}
