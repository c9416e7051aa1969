package gateway

import (
	"maps"
	"net/url"
	"strings"
	"sync"
)

// tokens remembers what was answered to each ClientToken, because moto ignores
// them and makes a second resource. AWS keeps them at least for hours; here
// they live in memory, for as long as the gateway runs.
type tokens struct {
	mu   sync.Mutex
	seen map[string]*tokenUse
}

// tokenUse is locked while a call with the token is under way: AWS makes a
// concurrent repeat wait or fail, never both succeed.
type tokenUse struct {
	mu     sync.Mutex
	params string
	answer *answer
}

func newTokens() *tokens { return &tokens{seen: map[string]*tokenUse{}} }

// once calls do at most once successfully per account, Region, action and token.
func (t *tokens) once(c *call, do func() *answer) *answer {
	token := c.form.Get("ClientToken")
	if token == "" || c.form.Get("DryRun") == "true" {
		return do()
	}
	use := t.use(strings.Join([]string{c.identity.account(), c.region, c.action, token}, "\x00"))
	use.mu.Lock()
	defer use.mu.Unlock()
	params := tokenParams(c.form)
	if use.answer == nil {
		// A refused request leaves its token unused.
		a := do()
		if a.ok() {
			use.params, use.answer = params, a
		}
		return a
	}
	if use.params != params {
		return c.badRequest("IdempotentParameterMismatch",
			"The client token %s was used before with other parameters.", token)
	}
	again := *use.answer
	again.replayed = true
	return &again
}

func (t *tokens) use(key string) *tokenUse {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen[key] == nil {
		t.seen[key] = &tokenUse{}
	}
	return t.seen[key]
}

// tokenParams is what must be equal between two requests with the same token.
func tokenParams(form url.Values) string {
	compared := maps.Clone(form)
	for _, volatile := range []string{"ClientToken", "Version", "DryRun"} {
		compared.Del(volatile)
	}
	return compared.Encode()
}
