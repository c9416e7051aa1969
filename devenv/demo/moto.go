package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tack-dev/tack/devenv/stack"
)

// wakeMoto makes moto load what it needs to play AWS. It does so at the first
// call of each service and takes seconds over EC2, which would be in the times
// that the demo tells; AWS itself has no such moment.
func (s *story) wakeMoto(ctx context.Context) error {
	for _, call := range []struct{ service, action, version string }{
		{"sts", "GetCallerIdentity", "2011-06-15"},
		{"iam", "ListPolicies", "2010-05-08"},
		{"ec2", "DescribeVpcs", "2016-11-15"},
	} {
		form := url.Values{"Action": {call.action}, "Version": {call.version}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.Part(stack.Moto).Address(), strings.NewReader(form.Encode()))
		if err != nil {
			return fmt.Errorf("making a request for moto: %w", err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		// moto takes the service from the signature, which it does not check.
		req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20200101/%s/%s/aws4_request, SignedHeaders=host, Signature=none",
			stack.AccessKeyID, stack.Region, call.service))
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("asking moto for %s: %w", call.action, err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("asking moto for %s: it answers %s", call.action, answer.Status)
		}
	}
	return nil
}
