// Package session gives AWS calls their identity: the credentials of the role that their target
// names, in the account that it names, or none. There is no fallback.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/budget"
	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/resource"
)

// httpTimeout ends an AWS call before the attempt of its activity ends.
const httpTimeout = 10 * time.Second

// Options are an installation's settings for the roles that it assumes.
type Options struct {
	// Name is the prefix of the name of every role session, as CloudTrail shows it. The cluster's
	// name follows.
	Name       string
	ExternalID string        // that every role requires; empty: none
	Duration   time.Duration // of a role session; 0: an hour
	// Roles are the roles that may be assumed; empty: any.
	Roles Roles
	// Endpoints are the endpoint URLs that namespaces may name; empty: none.
	Endpoints Endpoints
	// Budgets limit the rates of calls; nil: no limit.
	Budgets *budget.Budgets
}

// Sessions creates SDK configurations for targets. It keeps the credentials of each role; they
// never leave the process.
type Sessions struct {
	base    aws.Config
	options Options
	reads   *sharing.Hub

	mu    sync.Mutex
	roles map[roleKey]*role
}

// New reads the worker's own credentials, which serve only to assume roles, from the SDK's default
// chain.
func New(ctx context.Context, o Options) (*Sessions, error) {
	if o.Duration == 0 {
		o.Duration = longestChained
	}
	if o.Duration < shortest || o.Duration > longest {
		return nil, fmt.Errorf("reading --role-session-duration: AWS allows %s to %s, not %s", shortest, longest, o.Duration)
	}
	base, err := config.LoadDefaultConfig(ctx,
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(httpTimeout)),
		// Only Temporal retries: an SDK that re-sends a create after a lost response creates a
		// second resource.
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
		config.WithAPIOptions([]func(*middleware.Stack) error{onlyWhole, plainBodies}),
	)
	if err != nil {
		return nil, fmt.Errorf("loading the AWS configuration: %w", err)
	}
	return &Sessions{base: base, options: o, reads: sharing.NewHub(), roles: map[roleKey]*role{}}, nil
}

// Config returns the configuration for calls to t. It fails before any other call if the role is
// not allowed, cannot be assumed, or belongs to another account.
func (s *Sessions) Config(ctx context.Context, t resource.Target) (aws.Config, error) {
	if t.RoleARN == "" || t.AccountID == "" || t.Region == "" {
		return aws.Config{}, fmt.Errorf("calling AWS: the target %+v is not complete", t)
	}
	cluster := clusterOf(ctx)
	if err := s.allowed(cluster, t); err != nil {
		return aws.Config{}, err
	}
	got, err := s.role(cluster, t).credentials(ctx, t)
	if err != nil {
		return aws.Config{}, err
	}
	cfg := s.base.Copy()
	cfg.Region = t.Region
	// A provider that renews credentials on its own would ask AWS out of turn.
	cfg.Credentials = s.signer(cluster, t, got)
	if s.options.Budgets != nil {
		cfg.APIOptions = append(slices.Clip(cfg.APIOptions), s.options.Budgets.Limit(t.AccountID, t.Region))
	}
	if t.Endpoint != "" {
		cfg.BaseEndpoint = aws.String(t.Endpoint)
	}
	return cfg, nil
}

// Forget drops the credentials of t that AWS refused with err as expired, so that the next call
// gets new ones.
func (s *Sessions) Forget(ctx context.Context, t resource.Target, err error) {
	s.role(clusterOf(ctx), t).forget(t.Region, signedBy(err))
}

// allowed refuses roles and endpoints that the worker's options do not list. Anyone who can write
// to Temporal can name any role and any endpoint in an activity's input.
func (s *Sessions) allowed(cluster string, t resource.Target) error {
	if len(s.options.Roles.Patterns) > 0 && !s.options.Roles.Match(cluster, t.RoleARN) {
		return awserror.Denial{Code: resource.ReasonRoleNotAllowed, Message: fmt.Sprintf(
			"%s is not among the roles that the worker may assume for cluster %q: add it to --allow-roles", t.RoleARN, cluster), Again: patience}
	}
	if t.Endpoint != "" && !s.options.Endpoints.Match(cluster, t.Endpoint) {
		return awserror.Denial{Code: resource.ReasonEndpointNotAllowed, Message: fmt.Sprintf(
			"the namespace names the endpoint %s, which the worker may not call for cluster %q: add it to --allow-endpoints", t.Endpoint, cluster), Again: patience}
	}
	return nil
}

// clusterOf returns the cluster of the object whose run makes the call.
func clusterOf(ctx context.Context) string {
	if !activity.IsActivity(ctx) {
		return ""
	}
	return resource.ClusterOf(activity.GetInfo(ctx).WorkflowExecution.ID)
}

// maxSessionName is AWS's limit for the name of a role session.
const maxSessionName = 64

// sessionName returns one name for all sessions of a cluster, so that a trust policy can require it
// and CloudTrail can distinguish clusters.
func (s *Sessions) sessionName(cluster string) string {
	name := s.options.Name
	if cluster != "" {
		name += "-" + cluster
	}
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("_=,.@-", r)) {
			return r
		}
		return '-' // AWS accepts no other character
	}, name)
	if len(name) <= maxSessionName {
		return name
	}
	// A hash distinguishes clusters whose long names begin alike.
	sum := sha256.Sum256([]byte(name))
	end := "-" + hex.EncodeToString(sum[:4])
	return name[:maxSessionName-len(end)] + end
}
