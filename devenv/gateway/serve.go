package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"
)

// serve carries out a call of a known identity. Latency, holds and faults run
// outside moto's lock, so that one slow call does not stop the others.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, c *call, e *Entry) {
	time.Sleep(time.Duration(g.latency.Load()) * time.Millisecond)
	rule := g.rules.take(c, e.Owner)
	e.Fault = rule.fault()

	if a, arrives := g.beforeMoto(r.Context(), c, rule); !arrives {
		g.finishUnsent(w, r, e, a)
		return
	}
	lasting := g.rules.takeLasting(c, e.Owner)
	page := c.takePage(lasting)
	a := page.of(c, g.exchange(c, rule.failing(), lasting))
	e.answered(a)
	if a.ok() && c.mutates() {
		e.Created = createdResources(c, a)
		e.Resources = slices.Concat(e.Created, namesMade(c, e.Created), e.Resources)
		e.Parts = partsMade(c, a)
	}
	g.afterMoto(w, r, c, e, a, rule)
}

// beforeMoto applies the faults on the way to AWS. It reports whether the call
// arrives. If not, the answer is for the client, or nil if it gets none.
func (g *Gateway) beforeMoto(ctx context.Context, c *call, rule *activeRule) (*answer, bool) {
	switch rule.fault() {
	case FaultHoldAfter, FaultLoseResponse, FaultHangResponse, FaultCutResponse, FaultErrorResponse, FaultEmptyResponse, FaultFailed: // applied after moto's answer
	case FaultDelay:
		time.Sleep(time.Duration(rule.spec.Milliseconds) * time.Millisecond)
	case FaultError:
		return c.refuse(rule.spec.Status, rule.spec.Code, rule.spec.Message), false
	case FaultDeny:
		return c.denied(), false
	case FaultExpire:
		return c.expired(), false
	case FaultLoseRequest:
		return nil, false
	case FaultHoldBefore:
		if rule.spec.Deliver {
			// A delayed request: it arrives although its sender is gone.
			ctx = context.WithoutCancel(ctx)
		}
		return nil, g.rules.hold(ctx, rule)
	case FaultInvisible, FaultStale, FaultPages: // take never returns their rules
	}
	return nil, true
}

// finishUnsent ends a call that did not reach moto.
func (g *Gateway) finishUnsent(w http.ResponseWriter, r *http.Request, e *Entry, a *answer) {
	if a != nil {
		e.answered(a)
		g.deliver(w, r, e, a, g.journal.record(e))
		return
	}
	e.Milliseconds = sinceMS(e.Time)
	g.journal.record(e)
	reset(w)
}

// afterMoto applies the faults on the way back. The journal has the entry before a
// hold begins, so that a test sees what AWS accepted.
func (g *Gateway) afterMoto(w http.ResponseWriter, r *http.Request, c *call, e *Entry, a *answer, rule *activeRule) {
	switch rule.fault() {
	case FaultHoldAfter:
		e.Delivered = false
		seq := g.journal.record(e)
		g.rules.hold(r.Context(), rule)
		g.deliver(w, r, e, a, seq)
	case FaultLoseResponse, FaultHangResponse, FaultCutResponse, FaultErrorResponse, FaultEmptyResponse:
		e.Delivered = false
		g.journal.record(e)
		lose(r.Context(), w, c, a, rule)
	default:
		g.deliver(w, r, e, a, g.journal.record(e))
	}
}

// exchange returns the answer to a call: a refusal by the gateway itself, or moto's
// answer as the caller sees it during the delays.
func (g *Gateway) exchange(c *call, fails *failing, lasting []*activeRule) *answer {
	for _, refuse := range []func(*call) *answer{g.arrive, refuseByModel, g.sight.refuse} {
		if a := refuse(c); a != nil {
			return a
		}
	}
	if c.service == serviceSTS && c.action == "GetCallerIdentity" {
		return getCallerIdentity(c)
	}
	a := g.sight.shown(c, g.ask(c, fails, lasting))
	if c.action == "AssumeRole" && a.ok() {
		if err := g.identities.learn(c.form.Get("RoleArn"), a.body); err != nil {
			slog.Error("remembering an assumed role", "role", c.form.Get("RoleArn"), "error", err)
			return c.refuse(http.StatusInternalServerError, "InternalFailure", fmt.Sprintf("remembering the role: %v", err))
		}
	}
	return a
}

// ask sends the call to moto, and stores what reads do not see yet.
func (g *Gateway) ask(c *call, fails *failing, lasting []*activeRule) *answer {
	c.settings = g.aws.header(c.identity.account(), fails)
	g.moto.mu.Lock()
	defer g.moto.mu.Unlock()
	pictures := takePictures(c, g.moto, lasting)
	a := g.moto.send(c, c.form)
	g.sight.accepted(c, a, lasting, pictures)
	return a
}

// reset ends the client's connection as a crashed peer does: with RST, without FIN.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// Only HTTP/2 cannot be hijacked, and the gateway does not serve it.
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Without linger, Close sends RST. After an error it sends FIN, which loses the answer, too.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
