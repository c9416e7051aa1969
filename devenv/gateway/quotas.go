package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Quota is a limit that AWS raises for an account on request.
type Quota struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Value   int    `json:"value"`
}

// QuotaRulesPerSecurityGroup is per direction. AWS's default is 60.
const QuotaRulesPerSecurityGroup = "rulesPerSecurityGroup"

func (q Quota) validate() error {
	if q.Account == "" {
		return errors.New("reading a quota: account is missing")
	}
	k := kindWhere(func(k *kind) bool { return k.quotas[q.Name] != [2]int{} })
	if k == nil {
		return fmt.Errorf("reading a quota: no kind has %q", q.Name)
	}
	if bounds := k.quotas[q.Name]; q.Value < bounds[0] || q.Value > bounds[1] {
		return fmt.Errorf("reading a quota: AWS allows %d to %d for %s", bounds[0], bounds[1], q.Name)
	}
	return nil
}

// SetQuota changes a quota of an account, as AWS Support or Service Quotas does.
func (c *Client) SetQuota(ctx context.Context, q Quota) error {
	return c.do(ctx, http.MethodPut, "/quotas", q, nil)
}
