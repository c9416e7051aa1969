// Package gateway is a reverse proxy in front of moto. It identifies the caller,
// refuses requests that AWS's service model does not allow, records every call in
// a journal, and produces faults on request. So a test can read what AWS accepted,
// and interrupt a call at any point. devenv/moto/tackmoto corrects moto where AWS
// behaves differently. README.md lists the faults and how to set them.
package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Options configures a gateway.
type Options struct {
	// Moto is the base URL of the moto server.
	Moto string
	// Identities are the principals that are always known, by access key id.
	Identities map[string]string
	// JournalFile receives every call as a line of JSON. A start reads it back.
	// Empty keeps the journal in memory only.
	JournalFile string
	// StateFile holds the access keys that AssumeRole issued, so that they stay
	// known after a restart. Empty keeps them in memory only.
	StateFile string
}

// Gateway is the proxy with its journal, rules and identities.
type Gateway struct {
	journal    *journal
	rules      *ruleSet
	identities *identities
	aws        *awsSettings
	moto       *upstream
	sight      *sight
	throttle   *throttle
	latency    atomic.Int64
	control    http.Handler
}

// New reads the journal and the state file, and returns a gateway.
func New(opts Options) (*Gateway, error) {
	moto, err := url.Parse(opts.Moto)
	if err != nil || moto.Host == "" {
		return nil, fmt.Errorf("reading moto's address %q: want http://host:port", opts.Moto)
	}
	ids, err := loadIdentities(opts.StateFile, opts.Identities)
	if err != nil {
		return nil, err
	}
	j, err := openJournal(opts.JournalFile)
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		journal:    j,
		rules:      newRuleSet(),
		identities: ids,
		aws:        newAWSSettings(),
		moto:       newUpstream(moto),
		sight:      &sight{},
		throttle:   newThrottle(),
	}
	g.control = g.controlHandler()
	return g, nil
}

// Close closes the journal file.
func (g *Gateway) Close() error { return g.journal.close() }

// ServeHTTP serves the control API under /_gateway/, and AWS calls elsewhere.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		g.control.ServeHTTP(w, r)
		return
	}
	start := time.Now()
	c, refusal := g.readCall(r)
	e := c.entry(start)
	if refusal == nil {
		e.Owner = g.journal.ownerOf(c)
		g.serve(w, r, c, e)
		return
	}
	e.answered(refusal)
	g.deliver(w, r, e, refusal, g.journal.record(e))
}

// deliver writes the answer. The journal records the delivery before the client
// can act on the answer, and is corrected if the answer does not arrive.
func (g *Gateway) deliver(w http.ResponseWriter, r *http.Request, e *Entry, a *answer, seq int64) {
	gone := r.Context().Err() != nil
	if e.Delivered == gone {
		g.delivered(seq, !gone)
	}
	if gone {
		reset(w)
		return
	}
	if err := a.writeTo(w); err != nil {
		g.delivered(seq, false)
	}
}

func (g *Gateway) delivered(seq int64, arrived bool) {
	g.journal.amend(seq, func(e *Entry) {
		e.Delivered = arrived
		e.Milliseconds = sinceMS(e.Time)
	})
}

func sinceMS(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }
