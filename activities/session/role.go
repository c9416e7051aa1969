package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tack-dev/tack/activities/awserror"
	"github.com/tack-dev/tack/resource"
)

// How long a role session may last. A role that was assumed by a role gives an
// hour at the most, and AWS refuses to be asked for more.
const (
	shortest       = 15 * time.Minute
	longest        = 12 * time.Hour
	longestChained = time.Hour
)

// How a role that was denied is asked for again: by whichever call comes first
// after the patience, which stands for all that came in between. Those are spread,
// so that a thousand waiting objects do not come at once.
const (
	patience = 30 * time.Second
	spread   = 15 * time.Second
)

// early is how long before their end credentials are renewed.
const early = 5 * time.Minute

type roleKey struct{ cluster, arn string }

// role is a role and what is known of it.
type role struct {
	sessions *Sessions
	key      roleKey
	// turn is held by whoever asks AWS: all others need its answer.
	turn   chan struct{}
	caches map[string]*aws.CredentialsCache // by Region
	denied awserror.Denial                  // the last answer, if it was a no
	until  time.Time                        // it holds until then
}

func (s *Sessions) role(cluster string, t resource.Target) *role {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := roleKey{cluster, t.RoleARN}
	r, ok := s.roles[key]
	if !ok {
		r = &role{sessions: s, key: key, turn: make(chan struct{}, 1), caches: map[string]*aws.CredentialsCache{}}
		s.roles[key] = r
	}
	return r
}

// credentials are those of the role, in the account of the target for certain.
func (r *role) credentials(ctx context.Context, t resource.Target) (aws.CredentialsProvider, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the credentials of %s: %w", r.key.arn, ctx.Err())
	}
	if left := time.Until(r.until); left > 0 {
		return nil, r.denied.In(left, spread)
	}
	cache, err := r.cache(ctx, t.Region)
	if err != nil {
		return nil, err
	}
	got, err := cache.Retrieve(ctx)
	switch {
	case err != nil && isDenial(err):
		return nil, r.deny(awserror.RoleDenied, fmt.Sprintf("assuming %s: %s; let this identity in by the role's trust policy", r.key.arn, answerOf(err)))
	case err != nil:
		return nil, fmt.Errorf("assuming %s: %w", r.key.arn, err)
	case got.AccountID != t.AccountID:
		cache.Invalidate()
		return nil, r.deny(awserror.WrongAccount, fmt.Sprintf("role %s gave credentials of account %q, not of %s: no call was made", r.key.arn, got.AccountID, t.AccountID))
	}
	return cache, nil
}

// deny remembers a no for all who ask within the patience.
func (r *role) deny(code, message string) awserror.Denial {
	r.denied, r.until = awserror.Denial{Code: code, Message: message}, time.Now().Add(patience)
	return r.denied.In(patience, spread)
}

// cache keeps credentials until shortly before they end. They come from the STS
// of the Region: those of the global one do not hold in Regions that an account
// has to opt into.
func (r *role) cache(ctx context.Context, region string) (*aws.CredentialsCache, error) {
	if cache, ok := r.caches[region]; ok {
		return cache, nil
	}
	base, o := r.sessions.base.Copy(), r.sessions.options
	base.Region = region
	duration, err := r.sessions.duration(ctx)
	if err != nil {
		return nil, err
	}
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(base), r.key.arn, func(a *stscreds.AssumeRoleOptions) {
		a.RoleSessionName, a.Duration = r.sessions.sessionName(r.key.cluster), duration
		if o.ExternalID != "" {
			a.ExternalID = aws.String(o.ExternalID)
		}
	})
	cache := aws.NewCredentialsCache(provider, func(c *aws.CredentialsCacheOptions) {
		c.ExpiryWindow, c.ExpiryWindowJitterFrac = early, 0.5
	})
	r.caches[region] = cache
	return cache, nil
}

// duration is how long a session may last: an hour at the most where the worker
// itself is a role, which its credentials tell by their token.
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

func (r *role) forget(region string) {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	if cache, ok := r.caches[region]; ok {
		cache.Invalidate()
	}
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

// answerOf is AWS's answer without the request's id, which would make each
// attempt's message another one.
func answerOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return err.Error()
}
