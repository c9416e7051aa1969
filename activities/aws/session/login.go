package session

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// early is the longest time before their end at which credentials are renewed. Half of it is
// random, so that the workers' sessions do not end together.
const early = 5 * time.Minute

// login is a role in one Region: the session from its STS, or why there is none.
type login struct {
	role   string // its ARN
	region string
	got    aws.Credentials
	given  time.Time     // when AWS gave them
	renew  time.Time     // AWS is not asked before
	pause  obstacle      // why AWS is not asked for a while
	rest   time.Duration // of the last pause after a failure; doubles while failures continue
}

// keep stores credentials from AWS. However short-lived, they serve for as long as a denial would
// hold.
func (l *login) keep(got aws.Credentials) {
	l.got, l.given, l.rest = got, time.Now(), 0
	l.renew = got.Expires.Add(rand.N(early/2) - early) //nolint:gosec // spreads the load
	if soonest := l.given.Add(patience); l.renew.Before(soonest) {
		l.renew = soonest
	}
}

// lasts reports whether a call that begins now ends before the credentials do. It then does not
// matter that AWS gives no new ones yet.
func (l *login) lasts() bool { return time.Until(l.got.Expires) > httpTimeout }

// failed records, for a short while at first, that AWS neither gave nor denied a session. Otherwise
// each of a thousand waiting callers would ask a busy STS once more.
func (l *login) failed(err error) error {
	l.rest = min(max(2*l.rest, firstPause), patience)
	l.pause = obstacle{awserror.Denial{Code: resource.ReasonNoSession, Message: fmt.Sprintf("assuming %s in %s: %s", l.role, l.region, answerOf(err))},
		time.Now().Add(l.rest), min(l.rest, spread)}
	return l.pause.holds()
}

// drop removes credentials that AWS no longer accepts. Where many calls failed together, all but
// the first refer to credentials that are already dropped. If AWS refuses new credentials right
// away, drop does not ask again at once. EC2 also answers RequestExpired to a wrong clock, and a
// new session would not help.
func (l *login) drop(key string) {
	if key != "" && key != l.got.AccessKeyID {
		return
	}
	l.got, l.renew = aws.Credentials{}, time.Time{}
	if until := l.given.Add(patience); time.Now().Before(until) {
		// Unlike after a denial, no person has to grant access first: callers come back soon.
		l.pause = obstacle{awserror.Denial{Code: resource.ReasonNoSession, Message: fmt.Sprintf(
			"AWS refuses a new session of %s as expired: check the worker's clock", l.role)}, until, spread / 3}
	}
}

// signedBy returns the access key that signed a request that AWS refused: "AWS4-HMAC-SHA256
// Credential=ASIA…/20260102/…". It is empty where there is none.
func signedBy(err error) string {
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil || response.Response.Response == nil || response.Response.Request == nil {
		return ""
	}
	_, credential, _ := strings.Cut(response.Response.Request.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(credential, "/")
	return key
}

// isDenial reports whether AWS denied the role. Other failures are transient: no answer,
// throttling, and the worker's own credentials during their renewal.
func isDenial(err error) bool {
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &response) {
		return false
	}
	for _, passing := range []string{"Throttl", "RequestLimitExceeded", "TooManyRequests", "Expired"} {
		if strings.Contains(api.ErrorCode(), passing) {
			return false
		}
	}
	return response.HTTPStatusCode() < http.StatusInternalServerError
}

// isDisabled reports whether the denial concerns one Region, which the account has not opted into,
// rather than the role.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
func isDisabled(err error) bool {
	return strings.HasPrefix(awserror.Of(err).Code, "RegionDisabled")
}

// answerOf returns AWS's answer without the request's id, which would make the message of each
// attempt different.
func answerOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return awserror.Cause(err)
}
