package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	baseKey = "AKIATEST"
	baseARN = "arn:aws:iam::999999999999:user/tack-worker"
	roleARN = "arn:aws:iam::111111111111:role/tack"
)

// fakeMoto answers like moto, as far as these tests need it, and records the
// requests.
type fakeMoto struct {
	*httptest.Server
	mu       sync.Mutex
	forms    []url.Values
	accounts []string
	settings []string
	made     int
	busy     int
	overlaps int
}

func newFakeMoto(t *testing.T) *fakeMoto {
	t.Helper()
	f := &fakeMoto{}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeMoto) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f.mu.Lock()
	f.forms = append(f.forms, r.PostForm)
	f.accounts = append(f.accounts, r.Header.Get("X-Moto-Account-Id"))
	f.settings = append(f.settings, r.Header.Get(settingsHeader))
	f.made++
	made := f.made
	f.busy++
	if f.busy > 1 {
		f.overlaps++
	}
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.busy--; f.mu.Unlock() }()
	switch action := r.PostForm.Get("Action"); action {
	case "CreateVpc":
		fmt.Fprintf(w, "<CreateVpcResponse><vpc><vpcId>vpc-%d</vpcId></vpc></CreateVpcResponse>", made)
	case "CreateNatGateway":
		fmt.Fprintf(w, "<CreateNatGatewayResponse><natGateway><natGatewayId>nat-%d</natGatewayId></natGateway></CreateNatGatewayResponse>", made)
	case "CreateDhcpOptions":
		fmt.Fprintf(w, "<CreateDhcpOptionsResponse><dhcpOptions><dhcpOptionsId>dopt-%d</dhcpOptionsId><tagSet/></dhcpOptions></CreateDhcpOptionsResponse>", made)
	case "AssumeRole":
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA%d</AccessKeyId></Credentials>
<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::111111111111:assumed-role/tack/s</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>`, made)
	case "CreatePlacementGroup":
		http.Error(w, "<!doctype html><title>500 Internal Server Error</title>", http.StatusInternalServerError)
	default:
		fmt.Fprintf(w, "<%sResponse></%[1]sResponse>", action)
	}
}

// actions returns the actions of the requests to moto.
func (f *fakeMoto) actions() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, form := range f.forms {
		out = append(out, form.Get("Action"))
	}
	return out
}

func (f *fakeMoto) count(action string) int {
	n := 0
	for _, a := range f.actions() {
		if a == action {
			n++
		}
	}
	return n
}

// served is a gateway in front of a fake moto, and a client of its control API.
type served struct {
	*Client
	url  string
	moto *fakeMoto
	gate *Gateway
	dir  string
	last *atomic.Pointer[http.Request] // the last AWS call, as the gateway got it
}

func serveFake(t *testing.T) *served {
	t.Helper()
	return serveAgain(t, &served{moto: newFakeMoto(t), dir: t.TempDir()})
}

// serveAgain starts a gateway on the files of an earlier one.
func serveAgain(t *testing.T, s *served) *served {
	t.Helper()
	g, err := New(Options{
		Moto:        s.moto.URL,
		Identities:  map[string]string{baseKey: baseARN},
		JournalFile: filepath.Join(s.dir, "journal.jsonl"),
		StateFile:   filepath.Join(s.dir, "state.json"),
	})
	if err != nil {
		t.Fatal(err)
	}
	last := &atomic.Pointer[http.Request]{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, controlPrefix) {
			last.Store(r)
		}
		g.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		for _, r := range g.rules.list() {
			g.rules.remove(r.ID)
		}
		server.Close()
		_ = g.Close()
	})
	return &served{Client: NewClient(server.URL), url: server.URL, moto: s.moto, gate: g, dir: s.dir, last: last}
}

// request makes an AWS call of the given service as key.
func request(t *testing.T, base, key, service string, params ...string) *http.Request {
	t.Helper()
	form := url.Values{"Version": {"2016-11-15"}}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, Signature=00")
	}
	return req
}

type result struct {
	status int
	code   string
	body   string
	err    error
}

func send(req *http.Request) result {
	// Each call has its own connection. After a reset of a pooled connection, the
	// transport would silently repeat the call.
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return result{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return result{status: resp.StatusCode, code: errorCode(body), body: string(body), err: err}
}

func (s *served) call(t *testing.T, key, service string, params ...string) result {
	t.Helper()
	return send(request(t, s.url, key, service, params...))
}

func (s *served) ec2(t *testing.T, params ...string) result {
	t.Helper()
	return s.call(t, baseKey, serviceEC2, params...)
}

func (s *served) entries(t *testing.T, q Query) []Entry {
	t.Helper()
	entries, err := s.Journal(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// only returns the single entry of the journal.
func (s *served) only(t *testing.T) Entry {
	t.Helper()
	entries := s.entries(t, Query{})
	if len(entries) != 1 {
		t.Fatalf("journal has %d entries, want 1: %+v", len(entries), entries)
	}
	return entries[0]
}

func (s *served) rule(t *testing.T, r Rule) string {
	t.Helper()
	id, err := s.AddRule(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestMotoIsCalledOneAtATime(t *testing.T) {
	s := serveFake(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { s.ec2(t, "Action", "DescribeVpcs") })
	}
	wg.Wait()
	if s.moto.overlaps != 0 {
		t.Errorf("moto got %d calls while busy", s.moto.overlaps)
	}
}

func TestUnimplementedActionIsNoPassingTrouble(t *testing.T) {
	s := serveFake(t)
	got := s.ec2(t, "Action", "CreatePlacementGroup")
	if got.status != http.StatusNotImplemented || got.code != "NotImplemented" {
		t.Errorf("got %d %s, want 501 NotImplemented", got.status, got.code)
	}
}

func TestMotoAwayIsUnavailable(t *testing.T) {
	s := serveFake(t)
	s.moto.Close()
	if got := s.ec2(t, "Action", "DescribeVpcs"); got.status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s, want 503", got.status, got.code)
	}
}
