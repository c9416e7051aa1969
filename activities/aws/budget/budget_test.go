package budget_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/budget"
	"github.com/tack-dev/tack/resource"
)

// bucketOfAWS answers calls as AWS does while its bucket has tokens.
type bucketOfAWS struct {
	tokens  *rate.Limiter // nil: enough
	latency time.Duration // at most, until a call arrives

	mu               sync.Mutex
	taken, throttled int
}

func (a *bucketOfAWS) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	iam := strings.Contains(r.Header.Get("Authorization"), "/iam/")
	time.Sleep(rand.N(a.latency + 1))
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens == nil || a.tokens.AllowN(time.Now(), 1) {
		a.taken++
		action, _, _ := strings.Cut(strings.TrimPrefix(string(body), "Action="), "&")
		return answer(r, http.StatusOK, fmt.Sprintf("<%[1]sResponse><%[1]sResult/></%[1]sResponse>", action)), nil
	}
	a.throttled++
	if iam {
		return answer(r, http.StatusBadRequest, `<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`), nil
	}
	return answer(r, http.StatusServiceUnavailable,
		`<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>`), nil
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

func config(to aws.HTTPClient, b *budget.Budgets, account, region string) aws.Config {
	return aws.Config{
		Region: region, HTTPClient: to, Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""),
		APIOptions:  []func(*middleware.Stack) error{b.Limit(account, region)},
	}
}

func createGroup(ctx context.Context, cfg aws.Config) error {
	_, err := ec2.NewFromConfig(cfg).CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{GroupName: aws.String("g"), Description: aws.String("d")})
	return err
}

// wantDenied checks that a call was not sent, and returns when it should come again.
func wantDenied(t *testing.T, err error, code string) time.Duration {
	t.Helper()
	denial, denied := errors.AsType[awserror.Denial](err)
	if !denied || denial.Code != code || denial.Again <= 0 || awserror.Of(err).Class != resource.Throttled {
		t.Fatalf("got %v, want a denial with %s that is throttled", err, code)
	}
	return denial.Again
}

// drain returns the number of calls that do not wait, or that pass until one is denied.
func drain(t *testing.T, call func() error) (taken int) {
	t.Helper()
	for began := time.Now(); ; taken++ {
		if err := call(); err != nil {
			wantDenied(t, err, resource.ReasonRateBudget)
			return taken
		}
		if time.Since(began) > 0 {
			return taken
		}
	}
}

// A thousand creates of one account wait for AWS's bucket, on three workers. They need as long as
// the bucket dictates, and AWS throttles almost none. The calls of another account do not wait.
func TestACrowdBehindADocumentedBucket(t *testing.T) {
	const workers, crowd = 3, 1000
	synctest.Test(t, func(t *testing.T) {
		theirs := &bucketOfAWS{tokens: rate.NewLimiter(5, 50), latency: 300 * time.Millisecond}
		ours := &bucketOfAWS{tokens: rate.NewLimiter(5, 50), latency: 300 * time.Millisecond}
		var budgets []*budget.Budgets
		for range workers {
			b := budget.New(1)
			b.Divide(workers)
			budgets = append(budgets, b)
		}
		send := func(to *bucketOfAWS, account string, attempt int) {
			for ; ; attempt++ {
				err := createGroup(t.Context(), config(to, budgets[rand.N(workers)], account, "us-west-2"))
				if err == nil {
					return
				}
				pause := min(10*time.Second, 500*time.Millisecond<<min(attempt, 10)) // Temporal's back-off
				if denial, denied := errors.AsType[awserror.Denial](err); denied {
					pause = denial.Again
				}
				time.Sleep(pause + rand.N(200*time.Millisecond)) // Temporal comes a little late
			}
		}
		began := time.Now()
		var large, small sync.WaitGroup
		for range crowd {
			large.Go(func() { send(theirs, "111111111111", 0) })
		}
		for range 10 {
			small.Go(func() { send(ours, "222222222222", 0) })
		}
		small.Wait()
		if took := time.Since(began); took > time.Second {
			t.Errorf("the other account took %s", took)
		}
		large.Wait()
		took, alone := time.Since(began), (crowd-50)/5*time.Second
		t.Logf("took %s; the bucket alone dictates %s; %d of %d calls were throttled", took, alone, theirs.throttled, theirs.throttled+theirs.taken)
		if took > alone*11/10 || theirs.taken != crowd || theirs.throttled*100 >= theirs.taken {
			t.Errorf("took %s, want at most 1.1 of %s; AWS took %d calls and throttled %d", took, alone, theirs.taken, theirs.throttled)
		}
	})
}

// Others use up AWS's bucket: after the first refusals, few calls are sent. The wait reports AWS's
// answer. The rate comes back when AWS no longer throttles.
func TestItLearnsFromThrottles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy, b := &bucketOfAWS{tokens: rate.NewLimiter(0, 0)}, budget.New(1)
		call := func() error { return createGroup(t.Context(), config(busy, b, "111111111111", "us-west-2")) }
		for began := time.Now(); time.Since(began) < 2*time.Minute; time.Sleep(100 * time.Millisecond) {
			if err := call(); awserror.Of(err).Code != "RequestLimitExceeded" {
				t.Fatalf("got %v", err)
			}
		}
		t.Logf("AWS throttled %d calls", busy.throttled)
		if busy.throttled > 100 {
			t.Errorf("AWS throttled %d calls in two minutes; the documented rate is 600", busy.throttled)
		}
		wantDenied(t, call(), "RequestLimitExceeded")
		busy.tokens = nil
		time.Sleep(10 * time.Minute)
		if taken := drain(t, call); taken != 45 {
			t.Errorf("ten minutes later %d calls pass, want 45", taken)
		}
	})
}

// Each API, account and Region has its own bucket, and IAM has one for all Regions.
func TestWhatSharesABucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, free := budget.New(0.001), &bucketOfAWS{} // one token in each bucket, and the next after minutes
		cfg := func(account, region string) aws.Config { return config(free, b, account, region) }
		role := func(account, region string) error {
			_, err := iam.NewFromConfig(cfg(account, region)).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")})
			return err
		}
		groups := func(in *ec2.DescribeSecurityGroupsInput) error {
			_, err := ec2.NewFromConfig(cfg("1", "a")).DescribeSecurityGroups(t.Context(), in)
			return err
		}
		steps := []struct {
			name   string
			err    error
			denied bool
		}{
			{"the first", createGroup(t.Context(), cfg("1", "a")), false},
			{"the same", createGroup(t.Context(), cfg("1", "a")), true},
			{"another Region", createGroup(t.Context(), cfg("1", "b")), false},
			{"another account", createGroup(t.Context(), cfg("2", "a")), false},
			{"another API", groups(&ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(5)}), false},
			{"the bucket of reads without a filter", groups(&ec2.DescribeSecurityGroupsInput{GroupIds: []string{"sg-1"}}), false},
			{"it is used up too", groups(&ec2.DescribeSecurityGroupsInput{}), true},
			{"IAM", role("1", "a"), false},
			{"IAM from another Region", role("1", "b"), true},
		}
		for _, s := range steps {
			if s.denied {
				wantDenied(t, s.err, resource.ReasonRateBudget)
			} else if s.err != nil {
				t.Errorf("%s: %v", s.name, s.err)
			}
		}
	})
}

// Workers that come and go change a worker's share, also of a bucket that it uses.
func TestTheShareOfAWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free, b := &bucketOfAWS{}, budget.New(1)
		call := func() error { return createGroup(t.Context(), config(free, b, "1", "a")) }
		for _, step := range []struct{ workers, want int }{{1, 45}, {3, 15}, {0, 45}, {100, 1}} {
			b.Divide(step.workers)
			time.Sleep(30 * time.Minute)
			if got := drain(t, call); got != step.want {
				t.Errorf("one of %d workers has %d calls at once, want %d", step.workers, got, step.want)
			}
		}
	})
}

// A call whose context ends while it waits for a token was not sent: its outcome is clear.
func TestAWaitThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free, b := &bucketOfAWS{}, budget.New(0.02) // one token, and the next after ten seconds
		if err := createGroup(t.Context(), config(free, b, "1", "a")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9500 * time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		wantDenied(t, createGroup(ctx, config(free, b, "1", "a")), resource.ReasonRateBudget)
		if free.taken != 1 {
			t.Errorf("AWS took %d calls", free.taken)
		}
	})
}

func TestNoShareIsNoLimit(t *testing.T) {
	if b := budget.New(0); b != nil {
		t.Errorf("a share of 0 gives budgets: %+v", b)
	}
}

func TestDocumented(t *testing.T) {
	for _, test := range []struct {
		service, operation string
		request            any
		want               budget.Limit
	}{
		{"EC2", "DescribeVpcs", &ec2.DescribeVpcsInput{}, budget.Limit{Size: 100, PerSecond: 20}},
		{"EC2", "DescribeInstances", &ec2.DescribeInstancesInput{}, budget.Limit{Size: 50, PerSecond: 10}},
		{"EC2", "DescribeInstances", &ec2.DescribeInstancesInput{MaxResults: aws.Int32(5)}, budget.Limit{Size: 100, PerSecond: 20}},
		{"EC2", "DescribeInstances", nil, budget.Limit{Size: 100, PerSecond: 20}},
		{"EC2", "CreateVpc", &ec2.CreateVpcInput{}, budget.Limit{Size: 50, PerSecond: 5}},
		{"EC2", "CreateTags", &ec2.CreateTagsInput{}, budget.Limit{Size: 100, PerSecond: 10}},
		{"EC2", "CreateVpcEndpoint", &ec2.CreateVpcEndpointInput{}, budget.Limit{Size: 4, PerSecond: 0.3}},
		{"IAM", "GetRole", &iam.GetRoleInput{}, budget.Limit{Size: 50, PerSecond: 10}},
		{"IAM", "CreateRole", &iam.CreateRoleInput{}, budget.Limit{Size: 20, PerSecond: 5}},
	} {
		if got, _ := budget.Documented(test.service, test.operation, test.request); got != test.want {
			t.Errorf("%s has %+v, want %+v", test.operation, got, test.want)
		}
	}
}
