package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client calls a gateway's control API.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the gateway at an address such as
// http://127.0.0.1:4566.
func NewClient(address string) *Client {
	return &Client{base: strings.TrimSuffix(address, "/") + strings.TrimSuffix(controlPrefix, "/"), http: &http.Client{}}
}

// Journal returns the entries that a query selects, oldest first.
func (c *Client) Journal(ctx context.Context, q Query) ([]Entry, error) {
	v := url.Values{}
	for key, value := range map[string]string{"owner": q.Owner, "action": q.Action, "account": q.Account, "principal": q.Principal} {
		if value != "" {
			v.Set(key, value)
		}
	}
	v.Set("since", strconv.FormatInt(q.Since, 10))
	v.Set("mutation", strconv.FormatBool(q.Mutation))
	v.Set("params", strconv.FormatBool(q.Params))
	var page struct {
		Entries []Entry `json:"entries"`
	}
	err := c.do(ctx, http.MethodGet, "/journal?"+v.Encode(), nil, &page)
	return page.Entries, err
}

// Creates returns the accepted creates of an owner, or of all owners if it is empty.
func (c *Client) Creates(ctx context.Context, owner string) ([]Entry, error) {
	var out []Entry
	err := c.do(ctx, http.MethodGet, "/creates?"+url.Values{"owner": {owner}}.Encode(), nil, &out)
	return out, err
}

// Counts counts the calls after a sequence number, by principal and action.
func (c *Client) Counts(ctx context.Context, since int64) ([]Count, error) {
	var out []Count
	err := c.do(ctx, http.MethodGet, "/counts?since="+strconv.FormatInt(since, 10), nil, &out)
	return out, err
}

// LastSeq returns the sequence number of the newest call. A later query selects
// the calls after it.
func (c *Client) LastSeq(ctx context.Context) (int64, error) {
	var page Page
	// No action has this name, so the gateway returns the number without entries.
	err := c.do(ctx, http.MethodGet, "/journal?action=-", nil, &page)
	return page.LastSeq, err
}

// AddRule adds a rule and returns its id.
func (c *Client) AddRule(ctx context.Context, rule Rule) (string, error) {
	var state RuleState
	err := c.do(ctx, http.MethodPost, "/rules", rule, &state)
	return state.ID, err
}

// Rule returns a rule with its counts.
func (c *Client) Rule(ctx context.Context, id string) (RuleState, error) {
	var state RuleState
	err := c.do(ctx, http.MethodGet, "/rules/"+url.PathEscape(id), nil, &state)
	return state, err
}

// WaitHolding waits until the rule holds a call. It returns an error at the
// timeout.
func (c *Client) WaitHolding(ctx context.Context, id string, timeout time.Duration) error {
	return c.wait(ctx, id, "holding", timeout, func(s RuleState) bool { return s.Holding > 0 })
}

// WaitHit waits until the rule has hit a call. It returns an error at the timeout.
func (c *Client) WaitHit(ctx context.Context, id string, timeout time.Duration) error {
	return c.wait(ctx, id, "hit", timeout, func(s RuleState) bool { return s.Hit > 0 })
}

func (c *Client) wait(ctx context.Context, id, what string, timeout time.Duration, ready func(RuleState) bool) error {
	var state RuleState
	v := url.Values{"wait": {what}, "timeout": {timeout.String()}}
	if err := c.do(ctx, http.MethodGet, "/rules/"+url.PathEscape(id)+"?"+v.Encode(), nil, &state); err != nil {
		return err
	}
	if !ready(state) {
		return fmt.Errorf("waiting for %s to be %s: still not after %s (matched %d, hit %d, holding %d)",
			id, what, timeout, state.Matched, state.Hit, state.Holding)
	}
	return nil
}

// EndRule ends a rule. The calls that it holds continue.
func (c *Client) EndRule(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodPost, "/rules/"+url.PathEscape(id)+"/end", nil, nil)
}

// DeleteRule ends and deletes a rule.
func (c *Client) DeleteRule(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodDelete, "/rules/"+url.PathEscape(id), nil, nil)
}

// SetLatency sets the delay of every later call.
func (c *Client) SetLatency(ctx context.Context, d time.Duration) error {
	return c.do(ctx, http.MethodPut, "/latency", Latency{Milliseconds: d.Milliseconds()}, nil)
}

// SetStateTime sets how long resources stay in a transient state.
func (c *Client) SetStateTime(ctx context.Context, t StateTime) error {
	return c.do(ctx, http.MethodPut, "/states", t, nil)
}

// do sends one request and decodes the answer into out, unless out is nil.
func (c *Client) do(ctx context.Context, method, path string, in, out any) (err error) {
	var body io.Reader
	if in != nil {
		data, unencodable := json.Marshal(in)
		if unencodable != nil {
			return fmt.Errorf("encoding the request: %w", unencodable)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("making the request %s %s: %w", method, path, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("asking the gateway: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("reading the gateway's answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		var f failure
		_ = json.Unmarshal(data, &f)
		return fmt.Errorf("asking the gateway for %s %s: status %d: %s", method, path, resp.StatusCode, f.Error)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("decoding the gateway's answer to %s %s: %w", method, path, err)
	}
	return nil
}
