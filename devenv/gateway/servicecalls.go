package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ServiceCall is a call that a service of AWS makes in an account, such as CloudFormation for a stack.
// Only such a call sets or removes tags whose keys begin with "aws:". The journal does not have it.
type ServiceCall struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Service string `json:"service"` // whose API it calls: ec2 or iam
	// Params are the parameters of the Query protocol, with the Action.
	Params map[string]string `json:"params"`
}

func (s ServiceCall) validate() error {
	if s.Account == "" || s.Region == "" || s.Params["Action"] == "" {
		return errors.New("reading a call of a service: account, region or the Action is missing")
	}
	if s.Service != serviceEC2 && s.Service != serviceIAM {
		return fmt.Errorf("reading a call of a service: the gateway does not serve %q", s.Service)
	}
	return nil
}

// call returns the call as moto gets it. moto reads Region and service from the signature.
func (s ServiceCall) call() *call {
	c := &call{
		service: s.Service, region: s.Region, action: s.Params["Action"], form: url.Values{}, header: http.Header{},
		identity: identity{Principal: "arn:aws:iam::" + s.Account + ":role/aws-service-role"},
	}
	for param, value := range s.Params {
		c.form.Set(param, value)
	}
	c.header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=SERVICE/20060102/%s/%s/aws4_request, SignedHeaders=host, Signature=0", s.Region, s.Service))
	c.settings = asService
	return c
}

// asService is the setting by which tackmoto recognizes a call of a service of AWS.
var asService = func() string {
	encoded, err := json.Marshal(behavior{Service: true})
	if err != nil {
		panic("encoding settings: " + err.Error()) // cannot happen: it is one boolean
	}
	return string(encoded)
}()

func (g *Gateway) postServiceCall(w http.ResponseWriter, r *http.Request) {
	var s ServiceCall
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		fail(w, http.StatusBadRequest, fmt.Sprintf("reading a call of a service: %v", err))
		return
	}
	if err := s.validate(); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	c := s.call()
	g.moto.mu.Lock()
	defer g.moto.mu.Unlock()
	if a := g.moto.send(c, c.form); !a.ok() {
		fail(w, a.status, fmt.Sprintf("carrying out %s of a service: %s: %s", c.action, a.code, a.body))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// CallAsService carries out a call as a service of AWS does.
func (c *Client) CallAsService(ctx context.Context, call ServiceCall) error {
	return c.do(ctx, http.MethodPost, "/servicecalls", call, nil)
}
