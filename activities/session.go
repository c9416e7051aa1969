package activities

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/tack-dev/tack/activities/awserror"
	"github.com/tack-dev/tack/resource"
)

// httpTimeout ends an AWS call before the attempt of its activity ends.
const httpTimeout = 10 * time.Second

// Sessions makes SDK configurations for targets. It keeps one cache of
// credentials per role; nothing of them leaves the process.
type Sessions struct {
	base aws.Config
	name string

	mu    sync.Mutex
	roles map[string]*aws.CredentialsCache // by role ARN
}

// NewSessions reads the worker's own credentials, which serve only to assume
// roles, from the SDK's default chain. The name is that of every role session,
// as CloudTrail shows it.
func NewSessions(ctx context.Context, name string) (*Sessions, error) {
	base, err := config.LoadDefaultConfig(ctx,
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(httpTimeout)),
		// One layer retries, and it is Temporal: an SDK that re-sends a create
		// after a lost response makes a second resource.
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
	)
	if err != nil {
		return nil, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	return &Sessions{base: base, name: name, roles: map[string]*aws.CredentialsCache{}}, nil
}

// Config is the configuration for calls to t. It fails, before anything else is
// called, when the role cannot be assumed or belongs to another account.
func (s *Sessions) Config(ctx context.Context, t resource.Target) (aws.Config, error) {
	if t.RoleARN == "" || t.AccountID == "" || t.Region == "" {
		return aws.Config{}, fmt.Errorf("calling AWS: the target %+v is not complete", t)
	}
	cache := s.role(t)
	got, err := cache.Retrieve(ctx)
	if err != nil {
		return aws.Config{}, fmt.Errorf("assuming %s: %w", t.RoleARN, err)
	}
	if got.AccountID != t.AccountID {
		return aws.Config{}, awserror.WrongAccount{Want: t.AccountID, Got: got.AccountID, Role: t.RoleARN}
	}
	cfg := s.base.Copy()
	cfg.Region = t.Region
	cfg.Credentials = cache
	return cfg, nil
}

func (s *Sessions) role(t resource.Target) *aws.CredentialsCache {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cache, ok := s.roles[t.RoleARN]; ok {
		return cache
	}
	base := s.base.Copy()
	if base.Region == "" {
		base.Region = t.Region
	}
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(base), t.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = s.name
		o.Duration = time.Hour // the most that role chaining allows
	})
	cache := aws.NewCredentialsCache(provider, func(o *aws.CredentialsCacheOptions) {
		o.ExpiryWindow = 5 * time.Minute
		o.ExpiryWindowJitterFrac = 0.5
	})
	s.roles[t.RoleARN] = cache
	return cache
}

// forget drops the credentials of t, so that the next call gets new ones.
func (s *Sessions) forget(t resource.Target) { s.role(t).Invalidate() }
