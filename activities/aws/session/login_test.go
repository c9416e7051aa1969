package session

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Many calls that fail together with their session cost one new session, however late each of them
// reports it.
func TestExpiredTogetherIsAskedOnce(t *testing.T) {
	aws := &standIn{}
	s := newSessions(t, aws, Options{Name: "tack"}) // over sockets: the SDK reports who signed
	if _, err := call(t, s, "us-west-2"); err != nil {
		t.Fatal(err)
	}
	s.role("", here).login("us-west-2").given = time.Now().Add(-time.Hour)
	aws.expired = []string{"ASIA1"}
	for _, err := range together(20, func(int) error {
		if _, err := call(t, s, "us-west-2"); err != nil && !errors.Is(err, errExpired) {
			return err
		}
		key, err := call(t, s, "us-west-2")
		if err == nil && key != "ASIA2" {
			t.Errorf("called by %s, want ASIA2", key)
		}
		return err
	}) {
		if err != nil {
			t.Errorf("with new credentials: %v", err)
		}
	}
	if len(aws.asked) != 2 {
		t.Errorf("AssumeRole was called %d times, want once more", len(aws.asked))
	}
}

// However often AWS refuses the credentials that it gave, Tack asks for a new session only once in
// a while.
func TestExpiredAtOnceIsAskedSeldom(t *testing.T) {
	aws := &standIn{expired: []string{"ASIA"}}
	s := timeless(t, aws)
	synctest.Test(t, func(t *testing.T) {
		began, refused := time.Now(), 0
		for ; time.Since(began) < 4*patience; time.Sleep(patience / 10) {
			if _, err := call(t, s, "us-west-2"); errors.Is(err, errExpired) {
				refused++
			} else {
				wantPause(t, err, "clock")
			}
		}
		if len(aws.asked) != 4 || refused != 4 {
			t.Errorf("in %s there were %d calls of AssumeRole and %d by what it gave, want 4 and 4", 4*patience, len(aws.asked), refused)
		}
	})
}

// Credentials that are already close to their end also serve for a while.
func TestShortLived(t *testing.T) {
	aws := &standIn{lasts: early / 4}
	s := timeless(t, aws)
	synctest.Test(t, func(t *testing.T) {
		for _, want := range []string{"ASIA1", "ASIA1", "ASIA1", "ASIA2"} {
			if key, err := call(t, s, "us-west-2"); key != want || err != nil {
				t.Errorf("called by %q, %v, want %s", key, err, want)
			}
			time.Sleep(patience / 3)
		}
	})
}

// A refusal that does not show who signed the request concerns the current credentials.
func TestForgetWithoutASignature(t *testing.T) {
	aws := &standIn{}
	s := timeless(t, aws)
	synctest.Test(t, func(t *testing.T) {
		for _, want := range []string{"ASIA1", "ASIA2"} {
			if key, err := call(t, s, "us-west-2"); key != want || err != nil {
				t.Errorf("called by %q, %v, want %s", key, err, want)
			}
			time.Sleep(patience)
			s.Forget(t.Context(), here, errors.New("expired"))
		}
	})
}

// AWS's answer about the role is a denial; a transient failure is not.
func TestIsDenial(t *testing.T) {
	for name, c := range map[string]struct {
		sts  *standIn
		want bool
	}{
		"denied":              {&standIn{code: "AccessDenied", status: http.StatusForbidden}, true},
		"malformed":           {&standIn{code: "ValidationError", status: http.StatusBadRequest}, true},
		"Region not enabled":  {&standIn{code: "RegionDisabledException", status: http.StatusForbidden}, true},
		"throttled":           {&standIn{code: "Throttling", status: http.StatusBadRequest}, false},
		"throttled otherwise": {&standIn{code: "ThrottlingException", status: http.StatusBadRequest}, false},
		"too many":            {&standIn{code: "RequestLimitExceeded", status: http.StatusBadRequest}, false},
		"broken":              {&standIn{code: "InternalFailure", status: http.StatusInternalServerError}, false},
		"away":                {&standIn{code: "ServiceUnavailable", status: http.StatusServiceUnavailable}, false},
		"own token is over":   {&standIn{code: "ExpiredToken", status: http.StatusForbidden}, false},
		"own web token, too":  {&standIn{code: "ExpiredTokenException", status: http.StatusBadRequest}, false},
		"no answer":           {&standIn{takes: time.Hour}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := timeless(t, c.sts)
			synctest.Test(t, func(t *testing.T) {
				_, err := s.role("", here).assume(t.Context(), here.Region)
				if err == nil || isDenial(err) != c.want {
					t.Errorf("is %v a denial? %t, want %t", err, isDenial(err), c.want)
				}
			})
		})
	}
}

// A target that names the wrong account gets no credentials. Callers that name the right account
// still get them.
func TestAnotherAccount(t *testing.T) {
	aws := &standIn{}
	s := newSessions(t, aws, Options{Name: "tack"})
	wrong := here
	wrong.AccountID = "222222222222"
	for range 2 {
		_, err := s.Config(t.Context(), wrong)
		if denial, _ := errors.AsType[awserror.Denial](err); denial.Code != resource.ReasonWrongAccount || denial.Again < patience {
			t.Errorf("got %v, want WrongAccount", err)
		}
	}
	if _, err := s.Config(t.Context(), here); err != nil || len(aws.asked) != 1 {
		t.Errorf("the right account: %v after %d calls of AssumeRole", err, len(aws.asked))
	}
}
