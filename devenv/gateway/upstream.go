package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// upstream sends requests to moto, one at a time: its models are not safe for
// concurrent use, and answer 500.
type upstream struct {
	mu     sync.Mutex
	url    string
	client *http.Client
}

func newUpstream(base *url.URL) *upstream {
	return &upstream{
		url: base.Scheme + "://" + base.Host + "/",
		client: &http.Client{
			Timeout:   2 * time.Minute,
			Transport: &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
		},
	}
}

// send sends one request to moto for a call. The caller holds the lock. moto does
// not verify signatures, so the call's Authorization header also serves for the
// gateway's own reads.
func (u *upstream) send(c *call, form url.Values) *answer {
	// The call has arrived: AWS carries it out even if the client disconnects.
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, u.url, strings.NewReader(form.Encode()))
	if err != nil {
		return c.refuse(http.StatusInternalServerError, "InternalError", fmt.Sprintf("making the request to moto: %v", err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.Header.Set("Authorization", c.header.Get("Authorization"))
	req.Header.Set("X-Amz-Date", c.header.Get("X-Amz-Date"))
	// Without this header, moto uses account 123456789012 for every base identity,
	// and after its own restart for every assumed role.
	req.Header.Set("X-Moto-Account-Id", c.identity.account())
	if c.settings != "" {
		req.Header.Set(settingsHeader, c.settings)
	}
	resp, err := u.client.Do(req)
	if err != nil {
		return unreachable(c, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return unreachable(c, err)
	}
	return understood(c, &answer{status: resp.StatusCode, body: body, replayed: resp.Header.Get(replayedHeader) != ""})
}

// unreachable distinguishes a call that moto never saw, which the SDK may repeat, from one with an
// unknown result.
func unreachable(c *call, err error) *answer {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return c.refuse(http.StatusServiceUnavailable, "Unavailable", fmt.Sprintf("calling moto: %v", err))
	}
	return c.refuse(http.StatusInternalServerError, "InternalError", fmt.Sprintf("calling moto: %v", err))
}

// understood replaces answers that no AWS service would send. For an unimplemented action, or after
// a crash, moto answers an HTML page with status 500. The SDK would take that for a temporary error
// and retry it; it does not retry 501.
func understood(c *call, a *answer) *answer {
	if a.ok() {
		return a
	}
	a.code = errorCode(a.body)
	if a.code == "" || !bytes.Contains(a.body, []byte("<Code>")) {
		return c.refuse(http.StatusNotImplemented, "NotImplemented",
			fmt.Sprintf("moto can't carry out %s: it answered %d (its log says why)", c.action, a.status))
	}
	return a
}
