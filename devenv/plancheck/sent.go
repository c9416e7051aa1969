// Package plancheck compares the calls of a plan with those in the gateway's journal.
package plancheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// Params returns the parameters that AWS's SDK sends for a planned call, in the form of the journal.
func Params(ctx context.Context, call resource.PlannedCall) (map[string]string, error) {
	service, action, _ := strings.Cut(call.Action, ":")
	caught := &catcher{}
	operation := caught.client(service).MethodByName(action)
	if !operation.IsValid() {
		return nil, fmt.Errorf("encoding a planned request: the SDK has no %s", call.Action)
	}
	in := reflect.New(operation.Type().In(1).Elem())
	if err := json.Unmarshal(call.Request, in.Interface()); err != nil {
		return nil, fmt.Errorf("decoding the planned request of %s: %w", call.Action, err)
	}
	out := operation.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	if err, failed := reflect.TypeAssert[error](out[1]); failed && !errors.Is(err, errCaught) {
		return nil, fmt.Errorf("encoding the planned request of %s: %w", call.Action, err)
	}
	return gateway.Params(caught.form), nil
}

// errCaught is the answer to each request.
var errCaught = errors.New("the request is caught")

// catcher keeps a request of the SDK, and sends none.
type catcher struct{ form url.Values }

// client returns the SDK's client of a service.
func (c *catcher) client(service string) reflect.Value {
	cfg := aws.Config{
		Region: "us-east-1", HTTPClient: c, Credentials: aws.AnonymousCredentials{},
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	if service == "iam" {
		return reflect.ValueOf(iam.NewFromConfig(cfg))
	}
	return reflect.ValueOf(ec2.NewFromConfig(cfg, func(o *ec2.Options) { o.IdempotencyTokenProvider = anyToken{} }))
}

// Do keeps the parameters of a request.
func (c *catcher) Do(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if c.form, err = url.ParseQuery(string(raw)); err != nil {
		return nil, err
	}
	return nil, errCaught
}

// anyToken stands for the token that the SDK chooses where a request has none.
type anyToken struct{}

// GetIdempotencyToken returns a placeholder.
func (anyToken) GetIdempotencyToken() (string, error) { return resource.UnknownToken, nil }
