package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// These tests use a real moto through the real SDK. TACK_MOTO names tack_moto, which
// is moto's server with our patches. Without it they skip.

// realMoto is one server for all tests. Each test has an account of its own.
var realMoto struct {
	once sync.Once
	url  string
	cmd  *exec.Cmd
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	stopMoto(realMoto.cmd)
	os.Exit(code)
}

func stopMoto(cmd *exec.Cmd) {
	if cmd != nil {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
}

// startMoto starts a moto with additional environment variables.
func startMoto(env ...string) (url string, cmd *exec.Cmd, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd = exec.Command(os.Getenv("TACK_MOTO"), "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), env...)
	if err = cmd.Start(); err != nil {
		return "", nil, err
	}
	url = "http://" + address
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get(url + "/moto-api/data.json")
		if err == nil {
			_ = resp.Body.Close()
			return url, cmd, nil
		}
	}
	return url, cmd, errors.New("moto doesn't answer")
}

// account is a new AWS account behind a gateway with a real moto.
type account struct {
	*Client
	t   *testing.T
	id  string
	url string
	key string // of the role's session
	ec2 *ec2.Client
	iam *iam.Client
	sts *sts.Client
}

var nextAccount atomic.Int64

func newAccount(t *testing.T) *account {
	t.Helper()
	if os.Getenv("TACK_MOTO") == "" {
		t.Skip("TACK_MOTO doesn't name a tack_moto to test against")
	}
	t.Parallel()
	realMoto.once.Do(func() { realMoto.url, realMoto.cmd, realMoto.err = startMoto() })
	if realMoto.err != nil {
		t.Fatalf("starting moto: %v", realMoto.err)
	}
	return newAccountOf(t, realMoto.url, sharedUpstream)
}

// newAccountOf returns a new account of a moto. The gateways of parallel tests share
// one moto, and its lock.
func newAccountOf(t *testing.T, moto string, share func(*upstream) *upstream) *account {
	t.Helper()
	g, err := New(Options{Moto: moto, Identities: map[string]string{baseKey: baseARN}})
	if err != nil {
		t.Fatal(err)
	}
	g.moto = share(g.moto)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)

	a := &account{t: t, id: fmt.Sprintf("%012d", 100000000000+nextAccount.Add(1)), url: server.URL, Client: NewClient(server.URL)}
	a.sts = sts.NewFromConfig(a.config(credentials.NewStaticCredentialsProvider(baseKey, "secret", "")))
	return a.entered()
}

// another returns another new account of the same gateway.
func (a *account) another() *account {
	other := *a
	other.id = fmt.Sprintf("%012d", 100000000000+nextAccount.Add(1))
	return other.entered()
}

// entered returns the account with clients of a role in it.
func (a *account) entered() *account {
	a.t.Helper()
	role, err := a.sts.AssumeRole(a.t.Context(), &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + a.id + ":role/tack"), RoleSessionName: aws.String("test"),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	c := role.Credentials
	a.key = *c.AccessKeyId
	config := a.config(credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken))
	a.ec2, a.iam = ec2.NewFromConfig(config), iam.NewFromConfig(config)
	return a
}

var shared struct {
	once sync.Once
	u    *upstream
}

func sharedUpstream(u *upstream) *upstream {
	shared.once.Do(func() { shared.u = u })
	return shared.u
}

func (a *account) config(provider aws.CredentialsProvider) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(a.url), Credentials: provider,
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// wantRefused checks the code of an error, and its HTTP status.
func (a *account) wantRefused(what string, err error, status int, code string) {
	a.t.Helper()
	var api smithy.APIError
	var http interface{ HTTPStatusCode() int }
	switch {
	case err == nil:
		a.t.Errorf("%s succeeded, want %s", what, code)
	case !errors.As(err, &api) || !errors.As(err, &http):
		a.t.Errorf("%s: %v, want %s", what, err, code)
	case api.ErrorCode() != code || http.HTTPStatusCode() != status:
		a.t.Errorf("%s: %d %s (%s), want %d %s", what, http.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code)
	}
}

// must fails the test on an error.
func must[T any](a *account) func(T, error) T {
	return func(v T, err error) T {
		a.t.Helper()
		if err != nil {
			a.t.Fatal(err)
		}
		return v
	}
}

func (a *account) ctx() context.Context { return a.t.Context() }

func TestAccountsAreApart(t *testing.T) {
	a := newAccount(t)
	vpc := must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}))
	if *vpc.Vpc.OwnerId != a.id {
		t.Errorf("the VPC belongs to %s, want %s", *vpc.Vpc.OwnerId, a.id)
	}
	base := ec2.NewFromConfig(a.config(credentials.NewStaticCredentialsProvider(baseKey, "secret", "")))
	all := must[*ec2.DescribeVpcsOutput](a)(base.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{}))
	for _, v := range all.Vpcs {
		if *v.OwnerId != "999999999999" {
			t.Errorf("the base identity sees VPC %s of account %s", *v.VpcId, *v.OwnerId)
		}
	}
	who := must[*sts.GetCallerIdentityOutput](a)(a.sts.GetCallerIdentity(a.ctx(), &sts.GetCallerIdentityInput{}))
	if *who.Arn != baseARN {
		t.Errorf("the base identity is %s, want %s", *who.Arn, baseARN)
	}
}

func TestRealCallsAreJournaled(t *testing.T) {
	a := newAccount(t)
	must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: tags("vpc", OwnerTag, "a/b")}))
	must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument)}))
	entries, err := a.Creates(a.ctx(), "")
	if err != nil || len(entries) != 2 {
		t.Fatalf("creates: %+v, %v", entries, err)
	}
	if !strings.HasPrefix(entries[0].Created[0], "vpc-") || entries[0].Owner != "a/b" || entries[0].Account != a.id {
		t.Errorf("the VPC is journaled as %+v", entries[0])
	}
	if want := "arn:aws:iam::" + a.id + ":policy/p"; !slices.Equal(entries[1].Created, []string{want}) {
		t.Errorf("the policy is journaled as %+v", entries[1])
	}
}

func TestNotImplementedIsNotRetried(t *testing.T) {
	a := newAccount(t)
	_, err := a.ec2.DescribeSecurityGroupReferences(a.ctx(), &ec2.DescribeSecurityGroupReferencesInput{GroupId: []string{"sg-1"}})
	a.wantRefused("an unimplemented action", err, http.StatusNotImplemented, "NotImplemented")
}
