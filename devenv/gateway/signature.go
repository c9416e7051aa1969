package gateway

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Signatures limits the age of a signed request when it arrives. A request that is
// delayed longer can do no harm. 0 allows any age.
type Signatures struct {
	// EC2Milliseconds is EC2's limit, OthersMilliseconds that of IAM and STS.
	EC2Milliseconds    int64 `json:"ec2Milliseconds"`
	OthersMilliseconds int64 `json:"othersMilliseconds"`
}

// signatures refuses requests with a date too far from now.
type signatures struct {
	mu     sync.Mutex
	limits Signatures
}

func newSignatures() *signatures {
	return &signatures{limits: Signatures{EC2Milliseconds: 5 * 60 * 1000, OthersMilliseconds: 15 * 60 * 1000}}
}

func (s *signatures) set(limits Signatures) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = limits
}

func (s *signatures) limit(service string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if service == serviceEC2 {
		return time.Duration(s.limits.EC2Milliseconds) * time.Millisecond
	}
	return time.Duration(s.limits.OthersMilliseconds) * time.Millisecond
}

// refuse checks the date when the call arrives, after every delay on the way. It
// accepts a request without a date; every SDK sets one.
func (s *signatures) refuse(c *call) *answer {
	signed, err := time.Parse("20060102T150405Z", c.header.Get("X-Amz-Date"))
	limit, now := s.limit(c.service), time.Now()
	if err != nil || limit <= 0 || now.Sub(signed).Abs() <= limit {
		return nil
	}
	if c.service == serviceEC2 {
		return c.badRequest("RequestExpired", "Request has expired.")
	}
	relation, edge := "earlier than", now.Add(-limit)
	if signed.After(now) {
		relation, edge = "later than", now.Add(limit)
	}
	return c.refuse(http.StatusForbidden, "SignatureDoesNotMatch",
		fmt.Sprintf("Signature expired: %s is now %s %s", signed.Format("20060102T150405Z"), relation, edge.UTC().Format("20060102T150405Z")))
}

// arrive refuses a call that AWS refuses before it reads the parameters.
func (g *Gateway) arrive(c *call) *answer {
	if a := g.signatures.refuse(c); a != nil {
		return a
	}
	return g.throttle.refuse(c)
}
