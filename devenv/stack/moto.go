package stack

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// wakeMoto makes moto load the AWS services that it emulates. Otherwise moto loads a service at its
// first call. That takes seconds for EC2, longer than a worker waits for AWS, which has no such
// delay.
func wakeMoto(ctx context.Context, moto string) error {
	for _, call := range []struct{ service, action, version string }{
		{"sts", "GetCallerIdentity", "2011-06-15"},
		{"iam", "ListPolicies", "2010-05-08"},
		{"ec2", "DescribeVpcs", "2016-11-15"},
	} {
		form := url.Values{"Action": {call.action}, "Version": {call.version}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+moto, strings.NewReader(form.Encode()))
		if err != nil {
			return fmt.Errorf("making a request for moto: %w", err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		// moto reads the service from the signature, which it does not verify.
		req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20200101/%s/%s/aws4_request, SignedHeaders=host, Signature=none",
			AccessKeyID, Region, call.service))
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("calling moto's %s: %w", call.action, err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("calling moto's %s: it answers %s", call.action, answer.Status)
		}
	}
	return nil
}
