package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"
)

// bucketCall is a call of an account, with the parameters that buckets depend on.
func bucketCall(account, region, service, action string, params ...string) *call {
	form := url.Values{}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	return &call{
		service: service, region: region, action: action, form: form,
		identity: identity{Principal: "arn:aws:iam::" + account + ":role/tack"},
	}
}

func TestBuckets(t *testing.T) {
	for _, c := range []struct {
		service, action string
		params          []string
		burst, refill   int // the refill of ten seconds
	}{
		{serviceEC2, "DescribeVpcs", nil, 100, 100},
		{serviceEC2, "DescribeSecurityGroups", nil, 50, 50},
		{serviceEC2, "DescribeSecurityGroups", []string{"Filter.1.Name", "vpc-id"}, 100, 100},
		{serviceEC2, "DescribeInstances", []string{"MaxResults", "5"}, 100, 100},
		{serviceEC2, "CreateVpc", nil, 50, 50},
		{serviceEC2, "AuthorizeSecurityGroupIngress", nil, 50, 50},
		{serviceEC2, "CreateTags", nil, 100, 100},
		{serviceEC2, "CreateNatGateway", nil, 10, 10},
		{serviceEC2, "CreateVpcEndpoint", nil, 4, 3},
		{serviceEC2, "RunInstances", []string{"MaxCount", "1"}, 5, 5},
		{serviceEC2, "RunInstances", []string{"MaxCount", "400"}, 2, 0},
		{serviceSTS, "AssumeRole", nil, 600, 600},
	} {
		now := time.Now()
		bucket := newThrottle()
		bucket.now = func() time.Time { return now }
		bucket.set(Throttling{Enabled: true})
		drain := func(account, region string) (n int) {
			for bucket.refuse(bucketCall(account, region, c.service, c.action, c.params...)) == nil {
				n++
			}
			return n
		}
		got := []int{drain("1", "a"), drain("1", "a"), drain("2", "a"), drain("1", "b")}
		if want := []int{c.burst, 0, c.burst, c.burst}; !slices.Equal(got, want) {
			t.Errorf("%s %v took %v calls, want %v: of an account, again, of another, in another Region", c.action, c.params, got, want)
		}
		now = now.Add(10 * time.Second)
		if n := drain("1", "a"); n != c.refill {
			t.Errorf("%s %v took %d calls after ten seconds, want %d", c.action, c.params, n, c.refill)
		}
	}
}

// A read without a filter does not make the bucket of other reads smaller.
func TestUnpagedReadsHaveTheirOwnBucket(t *testing.T) {
	bucket, now := newThrottle(), time.Now()
	bucket.now = func() time.Time { return now }
	bucket.set(Throttling{Enabled: true})
	for _, c := range []struct {
		params []string
		want   int
	}{{nil, 50}, {[]string{"MaxResults", "5"}, 100}} {
		got := 0
		for bucket.refuse(bucketCall("1", "a", serviceEC2, "DescribeVolumes", c.params...)) == nil {
			got++
		}
		if got != c.want {
			t.Errorf("with %v it took %d calls, want %d", c.params, got, c.want)
		}
	}
}

func TestIAMHasOneBucketForAllRegions(t *testing.T) {
	bucket := newThrottle()
	now := time.Now()
	bucket.now = func() time.Time { return now }
	bucket.set(Throttling{Enabled: true, Scale: 0.001})
	if a := bucket.refuse(bucketCall("1", "a", serviceIAM, "CreateRole")); a != nil {
		t.Errorf("the first got %s", a.code)
	}
	if a := bucket.refuse(bucketCall("1", "b", serviceIAM, "CreateRole")); a == nil || a.code != "Throttling" || a.status != http.StatusBadRequest {
		t.Errorf("the second got %+v, want 400 Throttling", a)
	}
	if a := bucket.refuse(bucketCall("1", "a", serviceIAM, "DeleteRole")); a != nil {
		t.Errorf("another API got %s", a.code)
	}
}

func TestThrottlingOverHTTP(t *testing.T) {
	s := serveFake(t)
	statuses := func() (out []int) {
		for range 3 {
			out = append(out, s.ec2(t, createVPCParams...).status)
		}
		return out
	}
	if got := statuses(); !slices.Equal(got, []int{200, 200, 200}) {
		t.Errorf("at first got %v", got)
	}
	// Two calls, and the next after five seconds.
	if err := s.SetThrottling(t.Context(), Throttling{Enabled: true, Scale: 0.04}); err != nil {
		t.Fatal(err)
	}
	if got := statuses(); !slices.Equal(got, []int{200, 200, 503}) {
		t.Errorf("throttled got %v", got)
	}
	entries := s.entries(t, Query{})
	if e := entries[len(entries)-1]; e.Code != "RequestLimitExceeded" || e.Accepted || s.moto.count("CreateVpc") != 5 {
		t.Errorf("journal has %+v, moto saw %s", e, strconv.Itoa(s.moto.count("CreateVpc")))
	}
	if err := s.SetThrottling(t.Context(), Throttling{}); err != nil {
		t.Fatal(err)
	}
	if got := statuses(); !slices.Equal(got, []int{200, 200, 200}) {
		t.Errorf("turned off got %v", got)
	}
	if err := s.SetThrottling(t.Context(), Throttling{Scale: -1}); err == nil {
		t.Error("a negative scale was accepted")
	}
}
