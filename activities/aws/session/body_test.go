package session

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// slowConn returns from a write only after the answer has begun, as on a busy machine.
type slowConn struct {
	net.Conn
	begun <-chan struct{}
}

func (c slowConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	select {
	case <-c.begun:
		time.Sleep(50 * time.Millisecond) // the SDK closes the request's body meanwhile
	case <-time.After(50 * time.Millisecond): // the body of the request is not written yet
	}
	return n, err
}

// An answer that begins before the transport has finished the request arrives whole.
func TestAnswerBeforeTheEndOfTheRequest(t *testing.T) {
	begun := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil { // reads the whole request
			t.Error(err)
		}
		fmt.Fprint(w, "<GetCallerIdentityResponse>")
		_ = http.NewResponseController(w).Flush()
		close(begun)
		time.Sleep(200 * time.Millisecond)
		fmt.Fprint(w, "<GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
	}))
	defer server.Close()
	client := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return slowConn{conn, begun}, err
		}
	})
	sessions := newSessions(t, &standIn{}, Options{Name: "tack"})
	cfg := sessions.base.Copy()
	cfg.HTTPClient, cfg.BaseEndpoint = client, &server.URL
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.Account); got != "111111111111" {
		t.Errorf("the account is %q", got)
	}
}
