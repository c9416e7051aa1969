package gateway

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go/middleware"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/budget"
)

// Two workers with rate budgets make a burst of creates in the SDK, which is larger than AWS's
// bucket. All buckets are twenty times as fast, so that the test is short. Fewer than 1 % of the
// calls are throttled, although no answer tells the workers how large the bucket is.
func TestABurstWithRateBudgetsIsNotThrottled(t *testing.T) {
	const workers, burst, faster = 2, 1400, 20
	s := serveFake(t)
	if err := s.SetThrottling(t.Context(), Throttling{Enabled: true, Scale: faster}); err != nil {
		t.Fatal(err)
	}
	var clients []*ec2.Client
	for range workers {
		b := budget.New(faster)
		b.Divide(workers)
		clients = append(clients, ec2.NewFromConfig(aws.Config{
			Region: "eu-west-1", BaseEndpoint: aws.String(s.url), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
			Credentials: credentials.NewStaticCredentialsProvider(baseKey, "secret", ""),
			APIOptions:  []func(*middleware.Stack) error{b.Limit("000000000000", "eu-west-1")},
		}))
	}
	var all sync.WaitGroup
	slots := make(chan struct{}, 50*workers)
	for range burst {
		all.Go(func() {
			for createVPC(t.Context(), slots, clients[rand.N(workers)]) != nil {
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	all.Wait()
	throttled, taken := 0, s.moto.count("CreateVpc")
	entries := s.entries(t, Query{})
	for _, e := range entries {
		if e.Code == "RequestLimitExceeded" {
			throttled++
		}
	}
	t.Logf("%d of %d calls were throttled", throttled, len(entries))
	if throttled*100 >= len(entries) || taken != burst {
		t.Errorf("%d of %d calls were throttled, and AWS took %d of %d creates", throttled, len(entries), taken, burst)
	}
}

// createVPC makes a call in a slot. A call that its budget denies waits without one.
func createVPC(ctx context.Context, slots chan struct{}, client *ec2.Client) error {
	slots <- struct{}{}
	_, err := client.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	<-slots
	if denial, denied := errors.AsType[awserror.Denial](err); denied {
		time.Sleep(denial.Again)
	}
	return err
}
