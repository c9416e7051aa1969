package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The three services that the gateway serves, by their names in a SigV4 scope.
const (
	serviceEC2 = "ec2"
	serviceIAM = "iam"
	serviceSTS = "sts"
)

// maxBody exceeds the size of any request: AWS limits user data and policies to KiBs.
const maxBody = 4 << 20

// call is one AWS request in the Query protocol, with its caller.
type call struct {
	service, region, accessKeyID string
	identity                     identity
	action                       string
	form                         url.Values
	header                       http.Header
	// settings are the account's AWS settings, for moto.
	settings string
}

// readCall parses a request. If it refuses the request, the answer is not nil,
// and the call holds what was parsed so far.
func (g *Gateway) readCall(r *http.Request) (*call, *answer) {
	c := &call{service: serviceEC2, header: r.Header.Clone(), form: url.Values{}}
	c.readScope(r.Header.Get("Authorization"))
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return c, c.refuse(http.StatusBadRequest, "IncompleteBody", fmt.Sprintf("reading the request: %v", err))
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return c, c.refuse(http.StatusBadRequest, "MalformedQueryString", fmt.Sprintf("parsing the request: %v", err))
	}
	c.form, c.action = form, form.Get("Action")

	known, ok := g.identities.lookup(c.accessKeyID)
	if !ok {
		return c, c.refuseIdentity()
	}
	c.identity = known
	switch c.service {
	case serviceEC2, serviceIAM, serviceSTS:
	default:
		return c, c.refuse(http.StatusBadRequest, "InvalidAction", fmt.Sprintf("the gateway does not serve %q", c.service))
	}
	if c.action == "" {
		return c, c.refuse(http.StatusBadRequest, "MissingAction", "the request has no Action")
	}
	return c, nil
}

// readScope reads access key id, Region and service from the SigV4 header
// "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...".
func (c *call) readScope(authorization string) {
	_, rest, found := strings.Cut(authorization, "Credential=")
	if !found {
		return
	}
	credential, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) != 5 {
		return
	}
	c.accessKeyID, c.region, c.service = parts[0], parts[2], parts[3]
}

// refuseIdentity returns each service's answer to an unknown access key.
func (c *call) refuseIdentity() *answer {
	if c.service == serviceEC2 {
		return c.refuse(http.StatusUnauthorized, "AuthFailure",
			"AWS was not able to validate the provided access credentials")
	}
	return c.refuse(http.StatusForbidden, "InvalidClientTokenId",
		"The security token included in the request is invalid.")
}

// mutates reports whether the call changes something in AWS. A dry run does not.
func (c *call) mutates() bool {
	if c.form.Get("DryRun") == "true" {
		return false
	}
	for _, read := range []string{"Describe", "Get", "List", "AssumeRole"} {
		if strings.HasPrefix(c.action, read) {
			return false
		}
	}
	return true
}

// list returns the values of the numbered parameters under prefix, in order:
// "GroupId.1", "GroupId.2", ... AWS numbers them from 1, without gaps.
func (c *call) list(prefix string) []string {
	var out []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.%d", prefix, i)
		if !c.form.Has(key) {
			return out
		}
		out = append(out, c.form.Get(key))
	}
}

func (c *call) entry(start time.Time) *Entry {
	keys := c.tagKeys()
	var params map[string]string
	if c.mutates() {
		params = Params(c.form)
	}
	return &Entry{
		Time:        start,
		Account:     c.identity.account(),
		Region:      c.region,
		Service:     c.service,
		Principal:   c.identity.Principal,
		AccessKeyID: c.accessKeyID,
		Action:      c.action,
		SessionName: c.form.Get("RoleSessionName"),
		ExternalID:  c.form.Get("ExternalId"),
		Token:       c.form.Get("ClientToken"),
		Resources:   c.namedResources(),
		Mentions:    c.mentioned(),
		Params:      params,
		TagKeys:     keys,
		SystemTags:  systemTags(keys),
		Mutation:    c.mutates(),
	}
}

func hasPrefix(form url.Values, prefix string) bool {
	for key := range form {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
