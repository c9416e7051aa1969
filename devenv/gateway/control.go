package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// controlPrefix cannot clash with an AWS Query API: these use the path "/" only.
const controlPrefix = "/_gateway/"

// maxWait bounds a long poll, so that an abandoned one ends.
const maxWait = 10 * time.Minute

func (g *Gateway) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_gateway/healthz", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	local := func(pattern string, h http.HandlerFunc) { mux.Handle(pattern, loopbackOnly(h)) }
	local("GET /_gateway/journal", g.getJournal)
	local("GET /_gateway/creates", g.getCreates)
	local("GET /_gateway/counts", g.getCounts)
	local("POST /_gateway/rules", g.postRule)
	local("GET /_gateway/rules", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, g.rules.list()) })
	local("GET /_gateway/rules/{id}", g.getRule)
	local("POST /_gateway/rules/{id}/end", g.endRule((*ruleSet).end))
	local("DELETE /_gateway/rules/{id}", g.endRule((*ruleSet).remove))
	local("POST /_gateway/servicecalls", g.postServiceCall)
	local("PUT /_gateway/latency", g.putLatency)
	local("PUT /_gateway/throttling", put(g.throttle.set, Throttling.validate))
	local("PUT /_gateway/quotas", put(g.aws.setQuota, Quota.validate))
	local("PUT /_gateway/states", put(g.aws.setTime, StateTime.validate))
	return mux
}

// loopbackOnly takes the place of authentication. A process that may open a socket
// on this machine may already do worse to a development environment.
func loopbackOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			fail(w, http.StatusForbidden, "the control API answers on loopback only")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Page is a part of the journal, with the sequence number of the newest call.
type Page struct {
	LastSeq int64    `json:"lastSeq"`
	Entries []*Entry `json:"entries"`
}

func (g *Gateway) getJournal(w http.ResponseWriter, r *http.Request) {
	since, err := sinceParam(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	v := r.URL.Query()
	q := Query{
		Owner: v.Get("owner"), Action: v.Get("action"), Account: v.Get("account"),
		Principal: v.Get("principal"), Since: since, Mutation: v.Get("mutation") == "true",
	}
	// Read the last number first, so that the next Since includes calls made meanwhile.
	last := g.journal.lastSeq()
	entries := g.journal.find(func(e *Entry) bool { return e.Seq <= last && q.selects(e) })
	if v.Get("params") != "true" {
		entries = withoutParams(entries)
	}
	reply(w, http.StatusOK, Page{LastSeq: last, Entries: entries})
}

func (g *Gateway) getCreates(w http.ResponseWriter, r *http.Request) {
	since, err := sinceParam(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	q := Query{Owner: r.URL.Query().Get("owner"), Since: since}
	reply(w, http.StatusOK, g.journal.find(func(e *Entry) bool { return e.created() && q.selects(e) }))
}

func (g *Gateway) getCounts(w http.ResponseWriter, r *http.Request) {
	since, err := sinceParam(r)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	reply(w, http.StatusOK, g.journal.counts(since))
}

func sinceParam(r *http.Request) (int64, error) {
	v := r.URL.Query().Get("since")
	if v == "" {
		return 0, nil
	}
	since, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading since=%q: want a sequence number", v)
	}
	return since, nil
}

func (g *Gateway) postRule(w http.ResponseWriter, r *http.Request) {
	var spec Rule
	d := json.NewDecoder(r.Body)
	// A misspelled field would otherwise match more calls than intended.
	d.DisallowUnknownFields()
	if err := d.Decode(&spec); err != nil {
		fail(w, http.StatusBadRequest, fmt.Sprintf("reading a rule: %v", err))
		return
	}
	if err := spec.validate(); err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	reply(w, http.StatusCreated, g.rules.add(spec))
}

// getRule returns a rule. With ?wait=holding it waits until the rule holds a call,
// with ?wait=hit until it has hit one.
func (g *Gateway) getRule(w http.ResponseWriter, r *http.Request) {
	ready := map[string]func(RuleState) bool{
		"":        func(RuleState) bool { return true },
		"holding": func(s RuleState) bool { return s.Holding > 0 },
		"hit":     func(s RuleState) bool { return s.Hit > 0 },
	}[r.URL.Query().Get("wait")]
	if ready == nil {
		fail(w, http.StatusBadRequest, "reading wait: want holding or hit")
		return
	}
	timeout := 10 * time.Second
	if v := r.URL.Query().Get("timeout"); v != "" {
		var err error
		if timeout, err = time.ParseDuration(v); err != nil {
			fail(w, http.StatusBadRequest, fmt.Sprintf("reading timeout: %v", err))
			return
		}
	}
	state, found := g.rules.await(r.Context(), r.PathValue("id"), min(timeout, maxWait), ready)
	if !found {
		fail(w, http.StatusNotFound, fmt.Sprintf("there is no rule %s", r.PathValue("id")))
		return
	}
	reply(w, http.StatusOK, state)
}

func (g *Gateway) endRule(end func(*ruleSet, string) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !end(g.rules, r.PathValue("id")) {
			fail(w, http.StatusNotFound, fmt.Sprintf("there is no rule %s", r.PathValue("id")))
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// Latency is a delay of every call.
type Latency struct {
	Milliseconds int64 `json:"milliseconds"`
}

func (g *Gateway) putLatency(w http.ResponseWriter, r *http.Request) {
	var l Latency
	if err := json.NewDecoder(r.Body).Decode(&l); err != nil || l.Milliseconds < 0 {
		fail(w, http.StatusBadRequest, `reading the latency: want {"milliseconds": N}, not negative`)
		return
	}
	g.latency.Store(l.Milliseconds)
	reply(w, http.StatusOK, l)
}

type failure struct {
	Error string `json:"error"`
}

func fail(w http.ResponseWriter, status int, message string) {
	reply(w, status, failure{Error: message})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		slog.Debug("answering on the control API", "error", err)
	}
}
