package gateway

import (
	"net/http"
	"sync"
	"testing"
)

func createNAT(token, subnet string) []string {
	return []string{"Action", "CreateNatGateway", "SubnetId", subnet, "ConnectivityType", "private", "ClientToken", token}
}

// call sends an AWS call of the base identity without the SDK.
func (a *account) call(service string, params ...string) result {
	a.t.Helper()
	return send(request(a.t, a.url, baseKey, service, params...))
}

// baseSubnet returns a new subnet in the base identity's account.
func (a *account) baseSubnet() string {
	a.t.Helper()
	vpc := elements([]byte(a.call(serviceEC2, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16").body), "vpcId")
	if len(vpc) == 0 {
		a.t.Fatal("there is no VPC")
	}
	return elements([]byte(a.call(serviceEC2, "Action", "CreateSubnet", "VpcId", vpc[0], "CidrBlock", "10.0.1.0/24").body), "subnetId")[0]
}

// creates returns the accepted creates of NAT gateways.
func (a *account) creates() []Entry {
	a.t.Helper()
	entries, err := a.Journal(a.ctx(), Query{Action: "CreateNatGateway"})
	if err != nil {
		a.t.Fatal(err)
	}
	var made []Entry
	for _, e := range entries {
		if e.created() {
			made = append(made, e)
		}
	}
	return made
}

func TestTokenReplay(t *testing.T) {
	a := newAccount(t)
	one, two := a.baseSubnet(), a.baseSubnet()
	first := a.call(serviceEC2, createNAT("t1"+one, one)...)
	if again := a.call(serviceEC2, createNAT("t1"+one, one)...); first.status != http.StatusOK || again.body != first.body {
		t.Errorf("the repeat got %q, want %q", again.body, first.body)
	}
	if other := a.call(serviceEC2, createNAT("t1"+one, two)...); other.status != http.StatusBadRequest || other.code != "IdempotentParameterMismatch" {
		t.Errorf("other parameters got %+v", other)
	}
	a.call(serviceEC2, createNAT("t2"+one, one)...)
	if creates := a.creates(); len(creates) != 2 {
		t.Errorf("accepted creates: %+v, want 2", creates)
	}
	entries, err := a.Journal(a.ctx(), Query{Action: "CreateNatGateway"})
	if err != nil {
		t.Fatal(err)
	}
	if e := entries[1]; !e.Replayed || !e.Accepted || e.Token != "t1"+one {
		t.Errorf("the repeat is journaled as %+v", e)
	}
}

func TestConcurrentCallsWithOneToken(t *testing.T) {
	a := newAccount(t)
	subnet := a.baseSubnet()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { a.call(serviceEC2, createNAT(subnet, subnet)...) })
	}
	wg.Wait()
	if n := len(a.creates()); n != 1 {
		t.Errorf("there are %d NAT gateways, want 1", n)
	}
}

func TestLostResponseLeavesTheTokenUsed(t *testing.T) {
	a := newAccount(t)
	subnet := a.baseSubnet()
	if _, err := a.AddRule(a.ctx(), Rule{Action: Actions{"CreateNatGateway"}, Fault: FaultLoseResponse, Times: 1}); err != nil {
		t.Fatal(err)
	}
	a.call(serviceEC2, createNAT(subnet, subnet)...)
	if got := a.call(serviceEC2, createNAT(subnet, subnet)...); got.status != http.StatusOK {
		t.Errorf("the repeat got %+v", got)
	}
	if n := len(a.creates()); n != 1 {
		t.Errorf("there are %d NAT gateways, want 1", n)
	}
}

func TestRefusedCallLeavesTheTokenUnused(t *testing.T) {
	a := newAccount(t)
	subnet := a.baseSubnet()
	refused := append(createNAT(subnet, subnet), "TagSpecification.1.ResourceType", "natgateway", "TagSpecification.1.Tag.1.Key", "aws:x", "TagSpecification.1.Tag.1.Value", "y")
	if got := a.call(serviceEC2, refused...); got.status != http.StatusBadRequest {
		t.Errorf("got %+v, want a refusal", got)
	}
	if got := a.call(serviceEC2, createNAT(subnet, subnet)...); got.status != http.StatusOK {
		t.Errorf("got %+v", got)
	}
}
