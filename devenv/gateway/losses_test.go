package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
)

var createVPCParams = []string{"Action", "CreateVpc", "CidrBlock", "10.0.0.0/16"}

func TestCutResponse(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Fault: FaultCutResponse, Times: 1})
	got := s.ec2(t, createVPCParams...)
	if got.status != http.StatusOK || !errors.Is(got.err, io.ErrUnexpectedEOF) || got.body == "" {
		t.Errorf("the client got %+v, want half a body", got)
	}
	if e := s.only(t); !e.Accepted || e.Delivered || e.Fault != FaultCutResponse || s.moto.count("CreateVpc") != 1 {
		t.Errorf("journal has %+v", e)
	}
}

// The SDK has two errors for an answer that it cannot read. The engine handles both.
func TestCutResponseInTheSDK(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Fault: FaultCutResponse})
	client := ec2.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(s.url), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider(baseKey, "secret", ""),
	})
	_, err := client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	if _, unreadable := errors.AsType[*smithy.DeserializationError](err); !unreadable {
		t.Errorf("the SDK says %v, want a DeserializationError", err)
	}
}

func TestErrorResponse(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Fault: FaultErrorResponse, Times: 1})
	s.rule(t, Rule{Fault: FaultErrorResponse, Status: 503, Code: "Unavailable", Times: 1})
	for _, want := range []result{{status: 500, code: "InternalError"}, {status: 503, code: "Unavailable"}} {
		if got := s.ec2(t, createVPCParams...); got.status != want.status || got.code != want.code {
			t.Errorf("the client got %+v, want %d %s", got, want.status, want.code)
		}
	}
	for _, e := range s.entries(t, Query{}) {
		if !e.Accepted || e.Delivered || len(e.Created) != 1 {
			t.Errorf("journal has %+v", e)
		}
	}
}

func TestHangingResponse(t *testing.T) {
	s := serveFake(t)
	id := s.rule(t, Rule{Action: Actions{"CreateVpc"}, Fault: FaultHangResponse})
	ctx, giveUp := context.WithCancel(t.Context())
	done := make(chan result, 1)
	req := request(t, s.url, baseKey, serviceEC2, createVPCParams...).WithContext(ctx)
	go func() { done <- send(req) }()
	awaitEntry(t, s, func(e Entry) bool { return e.Accepted && !e.Delivered })
	select {
	case got := <-done:
		t.Fatalf("the client got %+v before its timeout", got)
	default:
	}
	giveUp()
	if got := <-done; !errors.Is(got.err, context.Canceled) {
		t.Errorf("the client got %+v", got)
	}
	// The end of the rule also ends the call without an answer.
	again := s.start(t, createVPCParams...)
	awaitEntries(t, s, 2)
	if err := s.DeleteRule(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := <-again; got.err == nil {
		t.Errorf("the client got %+v, want no answer", got)
	}
}
