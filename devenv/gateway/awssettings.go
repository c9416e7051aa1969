package gateway

import (
	"encoding/json"
	"maps"
	"sync"
)

// Headers between the gateway and tackmoto.
const (
	// settingsHeader carries the AWS settings for a call to tackmoto.
	settingsHeader = "X-Tack-Settings"
	// replayedHeader marks an earlier answer that is repeated for its ClientToken.
	replayedHeader = "X-Tack-Replayed"
)

// behavior holds the settings of AWS for a call, in tackmoto's format. A missing
// value means AWS's default.
type behavior struct {
	// States is how many milliseconds each state lasts, by "type state".
	States map[string]int64 `json:"states,omitempty"`
	// Quotas are the account's, by name.
	Quotas map[string]int `json:"quotas,omitempty"`
	// Failing is the failure that the created resource ends with.
	Failing *failing `json:"failing,omitempty"`
	// Service means that a service of AWS makes the call, such as CloudFormation.
	Service bool `json:"service,omitempty"`
}

// failing is the later failure of an accepted create.
type failing struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// awsSettings holds the settings of each account; "" is all accounts. They stay
// in the gateway's memory, so a restart of moto does not lose them.
type awsSettings struct {
	mu       sync.Mutex
	accounts map[string]behavior
}

func newAWSSettings() *awsSettings { return &awsSettings{accounts: map[string]behavior{}} }

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

func (s *awsSettings) setQuota(q Quota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.accounts[q.Account]
	if b.Quotas == nil {
		b.Quotas = map[string]int{}
	}
	b.Quotas[q.Name] = q.Value
	s.accounts[q.Account] = b
}

// header returns the settings for a call of an account. The account's own state
// times take precedence over those for all accounts.
func (s *awsSettings) header(account string, fails *failing) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := behavior{States: map[string]int64{}, Quotas: s.accounts[account].Quotas, Failing: fails}
	for _, of := range []string{"", account} {
		maps.Copy(b.States, s.accounts[of].States)
	}
	encoded, err := json.Marshal(b)
	if err != nil {
		panic("encoding settings: " + err.Error()) // cannot happen: they are strings and numbers only
	}
	return string(encoded)
}
