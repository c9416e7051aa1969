package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// How long a role session may last. A role that assumes another role gets an hour at most, and AWS
// refuses a request for more.
const (
	shortest       = 15 * time.Minute
	longest        = 12 * time.Hour
	longestChained = time.Hour
)

// How often Tack retries a denied role. The first call after the patience retries it, on behalf of
// all calls that came in between. Those come back at spread-out times, so that a thousand waiting
// objects do not arrive at once.
const (
	patience   = 30 * time.Second
	spread     = 15 * time.Second
	firstPause = time.Second // after an unclear answer; it doubles up to patience
)

type roleKey struct{ cluster, arn string }

// role is a role and what is known about it.
type role struct {
	sessions *Sessions
	key      roleKey
	// turn is held by the caller that asks AWS: all others need its answer.
	turn   chan struct{}
	logins map[string]*login // by Region
	denied obstacle          // the last denial of the role, from any Region
}

// obstacle is why there is no session, for all callers while it holds.
type obstacle struct {
	denial awserror.Denial
	until  time.Time
	spread time.Duration // of the callers that come back
}

// holds returns the error for a caller that asks now, or nil.
func (o obstacle) holds() error {
	if left := time.Until(o.until); left > 0 {
		return o.denial.In(left, o.spread)
	}
	return nil
}

func (s *Sessions) role(cluster string, t resource.Target) *role {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := roleKey{cluster, t.RoleARN}
	r, ok := s.roles[key]
	if !ok {
		r = &role{sessions: s, key: key, turn: make(chan struct{}, 1), logins: map[string]*login{}}
		s.roles[key] = r
	}
	return r
}

// login returns what is known about the role in a Region. Its caller holds the turn.
func (r *role) login(region string) *login {
	l, ok := r.logins[region]
	if !ok {
		l = &login{role: r.key.arn, region: region}
		r.logins[region] = l
	}
	return l
}

// credentials returns those of the role, and makes sure that they belong to the target's account.
func (r *role) credentials(ctx context.Context, t resource.Target) (aws.Credentials, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return aws.Credentials{}, fmt.Errorf("waiting for the credentials of %s: %w", r.key.arn, ctx.Err())
	}
	l := r.login(t.Region)
	if err := r.renew(ctx, t.Region, l); err != nil && !l.lasts() {
		return aws.Credentials{}, err
	}
	if l.got.AccountID != t.AccountID {
		// The credentials are kept for callers that name the right account: a role never changes
		// its account, so AWS need not be asked again.
		return aws.Credentials{}, awserror.Denial{Code: resource.ReasonWrongAccount, Message: fmt.Sprintf(
			"role %s returned credentials of account %q instead of %s: Tack made no call. Correct the role in the role map", r.key.arn, l.got.AccountID, t.AccountID)}.In(patience, spread)
	}
	return l.got, nil
}

// renew asks AWS for credentials when they are due, unless a recent answer of AWS still holds.
func (r *role) renew(ctx context.Context, region string, l *login) error {
	if time.Now().Before(l.renew) {
		return nil
	}
	if err := r.denied.holds(); err != nil {
		return err
	}
	if err := l.pause.holds(); err != nil {
		return err
	}
	got, err := r.assume(ctx, region)
	switch {
	case err == nil:
		l.keep(got)
		return nil
	case isDisabled(err):
		l.pause = r.no(err, fmt.Sprintf("activate %s in that account, or name another Region", region))
		return l.pause.holds()
	case isDenial(err):
		r.denied = r.no(err, remedyOf(err))
		return r.denied.holds()
	}
	return l.failed(err)
}

// remedyOf returns what a person can do about a denial.
func remedyOf(err error) string {
	if strings.HasPrefix(awserror.Of(err).Code, "AccessDenied") {
		return "allow this identity in the role's trust policy"
	}
	return "correct the role's ARN, the worker's own credentials or its flags for role sessions"
}

// no returns AWS's denial, and what a person can do.
func (r *role) no(err error, remedy string) obstacle {
	return obstacle{awserror.Denial{Code: resource.ReasonRoleDenied, Message: fmt.Sprintf("assuming %s: %s; %s", r.key.arn, answerOf(err), remedy)},
		time.Now().Add(patience), spread}
}

// assume asks the STS of the Region: credentials of the global STS are not valid in Regions that an
// account has to opt into. All callers wait for the answer, so the request continues when its
// caller is canceled.
func (r *role) assume(ctx context.Context, region string) (aws.Credentials, error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), httpTimeout)
	defer done()
	duration, err := r.sessions.duration(ctx)
	if err != nil {
		return aws.Credentials{}, err
	}
	base, o := r.sessions.base.Copy(), r.sessions.options
	base.Region = region
	return stscreds.NewAssumeRoleProvider(sts.NewFromConfig(base), r.key.arn, func(a *stscreds.AssumeRoleOptions) {
		a.RoleSessionName, a.Duration = r.sessions.sessionName(r.key.cluster), duration
		if o.ExternalID != "" {
			a.ExternalID = aws.String(o.ExternalID)
		}
	}).Retrieve(ctx)
}

// duration returns how long a session may last. It is at most an hour where the worker itself runs
// as a role, which the token of its credentials shows.
func (s *Sessions) duration(ctx context.Context) (time.Duration, error) {
	own, err := s.base.Credentials.Retrieve(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the worker's own credentials: %w", err)
	}
	if own.SessionToken != "" {
		return min(s.options.Duration, longestChained), nil
	}
	return s.options.Duration, nil
}

// forget drops the credentials with that access key, if they are the current ones.
func (r *role) forget(region, key string) {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	r.login(region).drop(key)
}
