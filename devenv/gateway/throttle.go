package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Throttling sets AWS's token buckets. They are off by default, so that other tests
// do not wait.
type Throttling struct {
	Enabled bool `json:"enabled"`
	// Scale multiplies the sizes and the rates of the buckets, so that a test needs
	// fewer calls to reach a limit. 0 means 1. A bucket holds at least one token.
	Scale float64 `json:"scale,omitempty"`
}

// throttle has one bucket per account, Region and API.
type throttle struct {
	mu       sync.Mutex
	settings Throttling
	buckets  map[string]*rate.Limiter
	now      func() time.Time
}

func newThrottle() *throttle { return &throttle{buckets: map[string]*rate.Limiter{}, now: time.Now} }

// set changes the settings and fills all buckets.
func (t *throttle) set(s Throttling) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settings, t.buckets = s, map[string]*rate.Limiter{}
}

// refuse takes the tokens of a call, or refuses the call with the service's code. A
// refused call takes no tokens.
func (t *throttle) refuse(c *call) *answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.settings.Enabled || t.takes(c) {
		return nil
	}
	if c.service == serviceEC2 {
		return c.refuse(http.StatusServiceUnavailable, "RequestLimitExceeded", "Request limit exceeded.")
	}
	return c.badRequest("Throttling", "Rate exceeded")
}

func (t *throttle) takes(c *call) bool {
	key := c.identity.account() + "/" + c.service + "/" + c.action
	if c.service != serviceIAM { // IAM has one bucket for all Regions
		key += "/" + c.region
	}
	limit := limitOf(c)
	if limit == unpagedReadLimit {
		key += "/unpaged"
	}
	api, now := t.bucket(key, limit), t.now()
	if api.TokensAt(now) < 1 {
		return false
	}
	if limit, n := instanceLimit(c); n > 0 && !t.bucket(key+"/instances", limit).AllowN(now, n) {
		return false
	}
	return api.AllowN(now, 1)
}

func (t *throttle) bucket(key string, limit rateLimit) *rate.Limiter {
	scale := t.settings.Scale
	if scale == 0 {
		scale = 1
	}
	if t.buckets[key] == nil {
		t.buckets[key] = rate.NewLimiter(rate.Limit(limit.perSecond*scale), max(1, int(limit.burst*scale)))
	}
	return t.buckets[key]
}

// rateLimit is the size of a bucket and how many tokens it regains per second.
type rateLimit struct{ burst, perSecond float64 }

// The buckets of "Request throttling for the Amazon EC2 API". IAM publishes none;
// these values are a cautious guess.
var (
	readLimit        = rateLimit{100, 20}
	unpagedReadLimit = rateLimit{50, 10}
	mutationLimit    = rateLimit{50, 5}
	iamReadLimit     = rateLimit{50, 10}
	iamMutationLimit = rateLimit{20, 5}
	stsLimit         = rateLimit{600, 600}
)

// limitedActions are the actions with a bucket of a different size.
var limitedActions = []struct {
	limit   rateLimit
	actions string
}{
	{rateLimit{100, 10}, "CreateTags DeleteTags"},
	{rateLimit{10, 1}, "CreateNatGateway DeleteNatGateway AssociateNatGatewayAddress DisassociateNatGatewayAddress " +
		"AssignPrivateNatGatewayAddress UnassignPrivateNatGatewayAddress"},
	{rateLimit{4, 0.3}, "CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints"},
	{rateLimit{10, 1}, "CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServiceConfiguration " +
		"DeleteVpcEndpointServiceConfigurations AcceptVpcEndpointConnections RejectVpcEndpointConnections"},
	{rateLimit{5, 2}, "RunInstances StartInstances"},
	{rateLimit{100, 5}, "TerminateInstances CreateLaunchTemplateVersion ModifyLaunchTemplate ModifyInstanceMetadataOptions " +
		"AssociateIamInstanceProfile CreateNetworkInterface"},
}

// unpagedReads have a smaller bucket if they use neither a filter nor pagination.
const unpagedReads = "DescribeInstances DescribeInstanceStatus DescribeNetworkInterfaces DescribeSecurityGroups " +
	"DescribeSnapshots DescribeSpotInstanceRequests DescribeVolumes"

func limitOf(c *call) rateLimit {
	read := !c.mutates()
	switch {
	case c.service == serviceSTS:
		return stsLimit
	case c.service == serviceIAM && read:
		return iamReadLimit
	case c.service == serviceIAM:
		return iamMutationLimit
	}
	for _, l := range limitedActions {
		if hasWord(l.actions, c.action) {
			return l.limit
		}
	}
	switch {
	case !read:
		return mutationLimit
	case hasWord(unpagedReads, c.action) && !hasPrefix(c.form, "Filter.") && !c.form.Has("MaxResults"):
		return unpagedReadLimit
	}
	return readLimit
}

func hasWord(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// instanceLimit returns the limit of instances, which AWS counts besides requests,
// and the number of instances in the call.
func instanceLimit(c *call) (limit rateLimit, n int) {
	switch c.action {
	case "RunInstances":
		count, err := strconv.Atoi(c.form.Get("MaxCount"))
		if err != nil {
			return rateLimit{}, 0
		}
		return rateLimit{1000, 2}, count
	case "StartInstances":
		return rateLimit{1000, 2}, len(c.list("InstanceId"))
	case "TerminateInstances":
		return rateLimit{1000, 20}, len(c.list("InstanceId"))
	}
	return rateLimit{}, 0
}
