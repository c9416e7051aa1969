package gateway

import (
	"fmt"
	"net/http"
	"time"
)

// oldest returns how old a signed request may be when it arrives. A request that is delayed longer
// can do no harm.
func oldest(service string) time.Duration {
	if service == serviceEC2 {
		return 5 * time.Minute
	}
	return 15 * time.Minute
}

// refuseOld checks the date when the call arrives, after every delay on the way. It
// accepts a request without a date; every SDK sets one.
func refuseOld(c *call) *answer {
	signed, err := time.Parse("20060102T150405Z", c.header.Get("X-Amz-Date"))
	limit, now := oldest(c.service), time.Now()
	if err != nil || now.Sub(signed).Abs() <= limit {
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
	if a := refuseOld(c); a != nil {
		return a
	}
	return g.throttle.refuse(c)
}
