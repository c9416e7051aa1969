package session

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// standIn answers AssumeRole as configured, and records the requests. It accepts every other call,
// unless its credentials are expired.
type standIn struct {
	mu      sync.Mutex
	asked   []url.Values
	code    string // refuses with this code; empty: grants a session
	status  int    // of a refusal
	takes   time.Duration
	lasts   time.Duration // of the credentials; 0: an hour
	expired []string      // access keys; "ASIA" matches all
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Form.Get("Action") != "AssumeRole" {
		s.take(w, r.Header.Get("Authorization"))
		return
	}
	s.asked = append(s.asked, r.Form)
	if s.code != "" {
		refuse(w, s.status, s.code, "not you")
		return
	}
	lasts := s.lasts
	if lasts == 0 {
		lasts = time.Hour
	}
	fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%d</AccessKeyId><SecretAccessKey>very-secret</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/tack/x</Arn>
<AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`, len(s.asked), time.Now().Add(lasts).UTC().Format(time.RFC3339))
}

func (s *standIn) take(w http.ResponseWriter, signature string) {
	for _, key := range s.expired {
		if strings.Contains(signature, "Credential="+key) {
			refuse(w, http.StatusForbidden, "ExpiredToken", "the token is expired")
			return
		}
	}
	fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>`)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse><Error><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, code, message)
}

// Do answers without a socket, for tests with simulated time.
func (s *standIn) Do(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(s.takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	response := w.Result()
	response.Request = r
	return response, nil
}

// timeless creates sessions for a test with simulated time.
func timeless(t *testing.T, aws *standIn) *Sessions {
	t.Helper()
	s := newSessions(t, aws, Options{Name: "tack"})
	s.base.HTTPClient = aws
	return s
}

// call makes a call to AWS as an activity does, and returns the access key that it used. Expired
// credentials are forgotten.
func call(t *testing.T, s *Sessions, region string) (key string, err error) {
	t.Helper()
	target := here
	target.Region = region
	cfg, err := s.Config(t.Context(), target)
	if err != nil {
		return "", err
	}
	got, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Error(err)
	}
	if _, err = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil {
		s.Forget(t.Context(), target, err)
		err = errors.Join(errExpired, err)
	}
	return got.AccessKeyID, err
}

var errExpired = errors.New("the call itself was refused")
