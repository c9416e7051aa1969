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

// early is how long before their end credentials are renewed, at the most: half
// of it is by chance, so that the workers' sessions do not end together.
const early = 5 * time.Minute

// login is a role in one Region: the session that its STS gave, or why there is
// none.
type login struct {
	role   string // its ARN
	region string
	got    aws.Credentials
	given  time.Time     // when AWS gave them
	renew  time.Time     // until then nothing is asked
	pause  answer        // why nothing is asked for a while
	rest   time.Duration // of the last pause after a failure; doubles while they go on
}

// keep takes credentials that AWS gave. However short their time, they serve for
// as long as a no would.
func (l *login) keep(got aws.Credentials) {
	l.got, l.given, l.rest = got, time.Now(), 0
	l.renew = got.Expires.Add(rand.N(early/2) - early) //nolint:gosec // it spreads load
	if soonest := l.given.Add(patience); l.renew.Before(soonest) {
		l.renew = soonest
	}
}

// lasts says whether a call that begins now is over before the credentials are:
// then it does not matter that AWS gives no new ones yet.
func (l *login) lasts() bool { return time.Until(l.got.Expires) > httpTimeout }

// failed remembers, for a short while at first, that AWS said neither yes nor no:
// of a thousand that wait, each would ask a busy STS once more.
func (l *login) failed(err error) error {
	l.rest = min(max(2*l.rest, firstPause), patience)
	l.pause = answer{awserror.Denial{Code: resource.ReasonNoSession, Message: fmt.Sprintf("assuming %s in %s: %s", l.role, l.region, answerOf(err))},
		time.Now().Add(l.rest), min(l.rest, spread)}
	return l.pause.holds()
}

// refused drops credentials that AWS no longer takes. Where many calls failed
// together, all but the first mean some that are gone already. What AWS refuses
// right after giving it out is not asked for again at once: RequestExpired is
// EC2's word for a clock that goes wrong, too, and a new session would not help.
func (l *login) refused(key string) {
	if key != "" && key != l.got.AccessKeyID {
		return
	}
	l.got, l.renew = aws.Credentials{}, time.Time{}
	if until := l.given.Add(patience); time.Now().Before(until) {
		// Nobody is to let them in first, as after a no: they come back soon.
		l.pause = answer{awserror.Denial{Code: resource.ReasonNoSession, Message: fmt.Sprintf(
			"AWS refuses the session of %s as expired right after giving it; is the worker's clock right?", l.role)}, until, spread / 3}
	}
}

// signedBy is the access key by which a request was signed that AWS refused:
// "AWS4-HMAC-SHA256 Credential=ASIA…/20260102/…". It is empty where there is none.
func signedBy(err error) string {
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok || response.Response == nil || response.Response.Response == nil || response.Response.Request == nil {
		return ""
	}
	_, credential, _ := strings.Cut(response.Response.Request.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(credential, "/")
	return key
}

// isDenial tells AWS's no from what passes by itself: no answer, throttling, and
// own credentials that are being renewed.
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

// isDisabled tells a no of one Region, which the account has not opted into, from
// one to the role.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors
func isDisabled(err error) bool {
	return strings.HasPrefix(awserror.Of(err).Code, "RegionDisabled")
}

// answerOf is AWS's answer without the request's id, which would make each
// attempt's message another one.
func answerOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return awserror.Cause(err)
}
