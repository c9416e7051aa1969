package gateway

import (
	"context"
	"errors"
	"net/http"
)

// Quotas are limits that AWS raises for an account on request.
type Quotas struct {
	Account string `json:"account"`
	// RulesPerSecurityGroup is per direction, from 1 to 1,000. The default is 60.
	RulesPerSecurityGroup int `json:"rulesPerSecurityGroup"`
}

func (q Quotas) validate() error {
	if q.Account == "" {
		return errors.New("reading the quotas: account is missing")
	}
	if q.RulesPerSecurityGroup < 1 || q.RulesPerSecurityGroup > 1000 {
		return errors.New("reading the quotas: AWS allows 1 to 1000 rules per security group")
	}
	return nil
}

// SetQuotas changes the quotas of an account, as AWS Support or Service Quotas does.
func (c *Client) SetQuotas(ctx context.Context, q Quotas) error {
	return c.do(ctx, http.MethodPut, "/quotas", q, nil)
}
