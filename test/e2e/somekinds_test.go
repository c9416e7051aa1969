package e2e

import (
	"flag"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"
)

var everyKind = flag.Bool("kinds.all", false, "try every kind, and every field of a plan, also where an ordinary run tries some")

// unlike are kinds that the engine treats differently.
var unlike = []string{
	"ec2.CapacityReservation",  // what ended in AWS is not made again
	"ec2.LaunchTemplate",       // AWS has no filter by id, and a change is another version
	"ec2.NATGateway",           // made by its token; AWS takes minutes, and several objects come first
	"ec2.SecurityGroup",        // has a natural key, and its rules are steps
	"ec2.VPC",                  // found by a sweep: no token, and no natural key
	"ec2.VPCPeeringConnection", // accepted on another side
	"iam.Group",                // has no tags
	"iam.Role",                 // found by its name
	"iam.ServiceLinkedRole",    // its deletion is a task of AWS
}

// othersTried is how many other kinds an ordinary run tries, others each time.
const othersTried = 3

// someKinds returns the samples for a test of what the engine does for all kinds alike. An ordinary run
// tries the kinds that differ for the engine, and a few others. The crash rows, too, cover each kind.
func someKinds(t *testing.T) []sample {
	t.Helper()
	all := samples()
	if *everyKind {
		return all
	}
	random := rand.New(rand.NewPCG(*crashSeed, 11))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some, others := []sample{}, othersTried
	for _, s := range all {
		differs := slices.Contains(unlike, s.kind)
		if !differs {
			others--
		}
		if differs || others >= 0 {
			some = append(some, s)
		}
	}
	t.Logf("tries %d of %d kinds: -crash.seed=%d tries these again, and -kinds.all each", len(some), len(all), *crashSeed)
	return some
}

// ofSomeKinds is ofEachKind for those kinds.
func ofSomeKinds(t *testing.T, try func(*testing.T, sample, team)) {
	t.Helper()
	ofKinds(t, someKinds(t), try)
}

// randomOf returns the random numbers of a kind. They follow from the seed of the run, in whichever order the
// kinds are tried.
func randomOf(s sample) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.kind)) // never fails
	return rand.New(rand.NewPCG(*crashSeed, h.Sum64()))
}
