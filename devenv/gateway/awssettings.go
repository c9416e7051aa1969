package gateway

import (
	"encoding/json"
	"maps"
	"sync"
)

// Headers between the gateway and tackmoto.
const (
	// settingsHeader tells tackmoto how AWS behaves towards a call.
	settingsHeader = "X-Tack-Settings"
	// replayedHeader marks an answer given again for its ClientToken.
	replayedHeader = "X-Tack-Replayed"
)

// behaviour is how AWS behaves towards a call, as tackmoto reads it. What is not
// set is as in AWS.
type behaviour struct {
	// States is how many milliseconds each state lasts, by "type state".
	States map[string]int64 `json:"states,omitempty"`
	// RulesPerSecurityGroup is the account's quota.
	RulesPerSecurityGroup int `json:"rulesPerSecurityGroup,omitempty"`
	// Failing is what the resource that the call creates ends in.
	Failing *failing `json:"failing,omitempty"`
}

// failing is what a create that was accepted ends in.
type failing struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// awsSettings holds the behaviour of each account; "" is for all. It is kept in
// memory, and outlives a restart of moto.
type awsSettings struct {
	mu       sync.Mutex
	accounts map[string]behaviour
}

func newAWSSettings() *awsSettings { return &awsSettings{accounts: map[string]behaviour{}} }

func (s *awsSettings) setTime(t StateTime) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.accounts[t.Account]
	if b.States == nil {
		b.States = map[string]int64{}
	}
	b.States[t.Type+" "+t.State] = t.Milliseconds
	s.accounts[t.Account] = b
}

func (s *awsSettings) setQuotas(q Quotas) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.accounts[q.Account]
	b.RulesPerSecurityGroup = q.RulesPerSecurityGroup
	s.accounts[q.Account] = b
}

// header gives the settings for a call of an account. Its own times go before
// those for all accounts.
func (s *awsSettings) header(account string, fails *failing) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := behaviour{States: map[string]int64{}, RulesPerSecurityGroup: s.accounts[account].RulesPerSecurityGroup, Failing: fails}
	for _, of := range []string{"", account} {
		maps.Copy(b.States, s.accounts[of].States)
	}
	encoded, err := json.Marshal(b)
	if err != nil {
		panic("encoding settings: " + err.Error()) // they are texts and numbers only
	}
	return string(encoded)
}
