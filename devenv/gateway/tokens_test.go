package gateway

import (
	"net/http"
	"sync"
	"testing"
)

func createNAT(token, subnet string) []string {
	return []string{"Action", "CreateNatGateway", "SubnetId", subnet, "ConnectivityType", "private", "ClientToken", token}
}

func TestTokenReplay(t *testing.T) {
	s := serveFake(t)
	first := s.ec2(t, createNAT("t1", "subnet-1")...)
	if again := s.ec2(t, createNAT("t1", "subnet-1")...); again.body != first.body {
		t.Errorf("the repeat got %q, want %q", again.body, first.body)
	}
	if other := s.ec2(t, createNAT("t1", "subnet-2")...); other.status != http.StatusBadRequest || other.code != "IdempotentParameterMismatch" {
		t.Errorf("other parameters got %+v", other)
	}
	s.ec2(t, createNAT("t2", "subnet-1")...)
	if n := s.moto.count("CreateNatGateway"); n != 2 {
		t.Errorf("moto saw %d creates, want 2", n)
	}
	if creates, err := s.Creates(t.Context(), ""); err != nil || len(creates) != 2 {
		t.Errorf("accepted creates: %+v, %v, want 2", creates, err)
	}
	if e := s.entries(t, Query{})[1]; !e.Replayed || !e.Accepted || e.Token != "t1" {
		t.Errorf("the repeat is journaled as %+v", e)
	}
}

func TestConcurrentCallsWithOneToken(t *testing.T) {
	s := serveFake(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { s.ec2(t, createNAT("t1", "subnet-1")...) })
	}
	wg.Wait()
	if n := s.moto.count("CreateNatGateway"); n != 1 {
		t.Errorf("moto saw %d creates, want 1", n)
	}
}

func TestLostResponseLeavesTheTokenUsed(t *testing.T) {
	s := serveFake(t)
	s.rule(t, Rule{Action: Actions{"CreateNatGateway"}, Fault: FaultLoseResponse, Times: 1})
	s.ec2(t, createNAT("t1", "subnet-1")...)
	if got := s.ec2(t, createNAT("t1", "subnet-1")...); got.status != http.StatusOK {
		t.Errorf("the repeat got %+v", got)
	}
	if n := s.moto.count("CreateNatGateway"); n != 1 {
		t.Errorf("moto saw %d creates, want 1", n)
	}
}

func TestRefusedCallLeavesTheTokenUnused(t *testing.T) {
	s := serveFake(t)
	refused := append(createNAT("t1", "subnet-1"), "TagSpecification.1.Tag.1.Key", "aws:x", "TagSpecification.1.Tag.1.Value", "y")
	if got := s.ec2(t, refused...); got.status != http.StatusBadRequest {
		t.Errorf("got %+v, want a refusal", got)
	}
	if got := s.ec2(t, createNAT("t1", "subnet-1")...); got.status != http.StatusOK {
		t.Errorf("got %+v", got)
	}
}
