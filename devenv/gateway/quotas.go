package gateway

import (
	"context"
	"errors"
	"net/http"
)

// defaultRules is AWS's default quota of rules per security group and direction.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const defaultRules = 60

// Quotas are what AWS raises for an account on request.
type Quotas struct {
	Account string `json:"account"`
	// RulesPerSecurityGroup is per direction, 1 to 1,000; 60 until it is set.
	RulesPerSecurityGroup int `json:"rulesPerSecurityGroup"`
}

func (q Quotas) validate() error {
	if q.Account == "" {
		return errors.New("reading the quotas: name the account")
	}
	if q.RulesPerSecurityGroup < 1 || q.RulesPerSecurityGroup > 1000 {
		return errors.New("reading the quotas: AWS allows 1 to 1000 rules per security group")
	}
	return nil
}

// setQuotas changes the quotas of one account.
func (u *upstream) setQuotas(q Quotas) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.quotas[q.Account] = q
}

// maxRules is the account's quota. The caller holds the lock, as for every call.
func (u *upstream) maxRules(account string) int {
	if q, ok := u.quotas[account]; ok {
		return q.RulesPerSecurityGroup
	}
	return defaultRules
}

// SetQuotas changes the quotas of an account, as AWS Support or Service Quotas does.
func (c *Client) SetQuotas(ctx context.Context, q Quotas) error {
	return c.do(ctx, http.MethodPut, "/quotas", q, nil)
}
