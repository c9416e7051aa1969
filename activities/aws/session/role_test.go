package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Credentials are kept per role and Region, renewed before their end, and dropped after they
// expire.
func TestCredentialsAreKept(t *testing.T) {
	aws := &standIn{}
	s := timeless(t, aws)
	synctest.Test(t, func(t *testing.T) {
		var got []string
		get := func(region string) {
			key, err := call(t, s, region)
			if err != nil && !errors.Is(err, errExpired) {
				t.Fatal(err)
			}
			got = append(got, key+" "+region)
		}
		get("us-west-2")
		get("us-west-2")
		get("eu-west-1")
		time.Sleep(time.Hour - early - time.Second)
		get("us-west-2")
		aws.expired = []string{"ASIA1"}
		get("us-west-2") // AWS refuses it
		get("us-west-2")
		get("eu-west-1")
		time.Sleep(early/2 + 2*time.Second)
		get("eu-west-1")
		want := []string{
			"ASIA1 us-west-2", "ASIA1 us-west-2", "ASIA2 eu-west-1", "ASIA1 us-west-2",
			"ASIA1 us-west-2", "ASIA3 us-west-2", "ASIA2 eu-west-1", "ASIA4 eu-west-1",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("credentials (-want +got):\n%s", diff)
		}
	})
}

// Tack asks for a denied role only once in a while, however many callers and Regions ask at once.
// The answer says what to do.
func TestDeniedIsAskedOnce(t *testing.T) {
	aws := &standIn{code: "AccessDenied", status: http.StatusForbidden}
	s := newSessions(t, aws, Options{Name: "tack"})
	for _, err := range together(100, func(i int) error {
		_, err := call(t, s, fmt.Sprintf("r-%d", i%5))
		return err
	}) {
		denial, _ := errors.AsType[awserror.Denial](err)
		if denial.Code != resource.ReasonRoleDenied || denial.Again <= 0 || denial.Again > time.Minute {
			t.Errorf("got %v, want a denial to come back to within a minute", err)
		}
		if text := fmt.Sprint(err); !strings.Contains(text, "AccessDenied: not you") || !strings.Contains(text, "trust policy") {
			t.Errorf("it says %q", text)
		}
	}
	if len(aws.asked) != 1 {
		t.Errorf("AssumeRole was called %d times, want once", len(aws.asked))
	}
	aws.code = ""
	s.role("", here).denied.until = time.Now() // the patience is over
	if _, err := s.Config(t.Context(), here); err != nil {
		t.Errorf("let in: %v", err)
	}
}

// A Region that the account has not opted into denies only its own sessions. The trust policy is
// not at fault.
func TestDisabledRegionIsNoDenialElsewhere(t *testing.T) {
	aws := &standIn{code: "RegionDisabledException", status: http.StatusForbidden}
	s := newSessions(t, aws, Options{Name: "tack"})
	for range 2 {
		_, err := call(t, s, "ap-east-1")
		denial, _ := errors.AsType[awserror.Denial](err)
		if denial.Code != resource.ReasonRoleDenied || denial.Again <= 0 || denial.Again > time.Minute || !strings.Contains(denial.Message, "activate ap-east-1") {
			t.Errorf("got %v, want a denial that names the Region, to come back to within a minute", err)
		}
	}
	aws.code = ""
	if _, err := call(t, s, "us-west-2"); err != nil {
		t.Errorf("in another Region: %v", err)
	}
	if len(aws.asked) != 2 {
		t.Errorf("AssumeRole was called %d times, want once in each Region", len(aws.asked))
	}
}

// together makes n calls at once and returns their errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}

// An STS that neither gives nor denies a session is also asked once, and again after a pause. The
// pause doubles until there is an answer. It is not a denial.
func TestThrottledSTSIsAskedSeldom(t *testing.T) {
	for name, aws := range map[string]*standIn{
		"throttled":            {code: "Throttling", status: http.StatusBadRequest},
		"broken":               {code: "InternalFailure", status: http.StatusInternalServerError},
		"own credentials over": {code: "ExpiredToken", status: http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s := timeless(t, aws)
			synctest.Test(t, func(t *testing.T) {
				for i, pause := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, patience, patience} {
					askedOnce(t, s, aws, i+1)
					time.Sleep(pause - time.Nanosecond)
					askedOnce(t, s, aws, i+1)
					time.Sleep(time.Nanosecond)
				}
				aws.code = ""
				if _, err := call(t, s, "us-west-2"); err != nil {
					t.Errorf("with an answer: %v", err)
				}
				before := len(aws.asked)
				time.Sleep(time.Hour) // the session is over
				aws.code = "Throttling"
				askedOnce(t, s, aws, before+1)
				time.Sleep(firstPause) // as after a first failure
				askedOnce(t, s, aws, before+2)
			})
		})
	}
}

// askedOnce makes a hundred callers ask at once, and checks how often AWS was asked in total.
func askedOnce(t *testing.T, s *Sessions, aws *standIn, want int) {
	t.Helper()
	for _, err := range together(100, func(int) error {
		_, err := call(t, s, "us-west-2")
		return err
	}) {
		wantPause(t, err, aws.code)
	}
	if len(aws.asked) != want {
		t.Fatalf("AssumeRole was called %d times, want %d", len(aws.asked), want)
	}
}

func wantPause(t *testing.T, err error, says string) {
	t.Helper()
	denial, _ := errors.AsType[awserror.Denial](err)
	if denial.Code != resource.ReasonNoSession || denial.Again <= 0 || denial.Again > patience+spread || !strings.Contains(denial.Message, says) {
		t.Fatalf("got %v, after %s, want a pause because of %q", err, denial.Again, says)
	}
}

// A caller that gives up while AWS is slow leaves its answer to the others. An answer that does not
// come holds for all callers, but only in that Region.
func TestSlowSTS(t *testing.T) {
	aws := &standIn{takes: httpTimeout / 2}
	s := timeless(t, aws)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if errs := together(2, func(i int) error {
			if i == 0 {
				_, _ = s.Config(ctx, here) // it may get them, or stop waiting
				return nil
			}
			time.Sleep(firstPause + firstPause/2) // within a pause, if giving up caused one
			_, err := s.Config(t.Context(), here)
			return err
		}); errs[1] != nil || len(aws.asked) != 1 {
			t.Errorf("got %v after %d calls, want credentials after one", errs[1], len(aws.asked))
		}
		aws.takes = time.Hour
		began := time.Now()
		for _, err := range together(100, func(int) error {
			_, err := call(t, s, "eu-west-1")
			return err
		}) {
			wantPause(t, err, "no answer in time")
		}
		if took := time.Since(began); took != httpTimeout {
			t.Errorf("all waited for %s, want %s: they wait for one answer", took, httpTimeout)
		}
		if _, err := s.Config(t.Context(), here); err != nil {
			t.Errorf("in another Region: %v", err)
		}
	})
}

// While AWS gives no new credentials, the old ones serve as long as they last.
func TestOldOnesServeMeanwhile(t *testing.T) {
	for name, aws := range map[string]*standIn{
		"throttled": {code: "Throttling", status: http.StatusBadRequest},
		"denied":    {code: "AccessDenied", status: http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s := timeless(t, aws)
			synctest.Test(t, func(t *testing.T) {
				code := aws.code
				aws.code = ""
				if _, err := call(t, s, "us-west-2"); err != nil {
					t.Fatal(err)
				}
				aws.code = code
				time.Sleep(time.Hour - early/3)
				if key, err := call(t, s, "us-west-2"); key != "ASIA1" || err != nil || len(aws.asked) != 2 {
					t.Errorf("got %q, %v after %d calls, want the old ones after a second", key, err, len(aws.asked))
				}
				time.Sleep(early / 3)
				if key, err := call(t, s, "us-west-2"); err == nil {
					t.Errorf("%s are still used after their end", key)
				}
			})
		})
	}
}
