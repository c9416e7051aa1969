package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
)

// Further ways in which an answer is lost after AWS has carried the call out.
// To the client each is another error, and all leave the result unclear.
const (
	// FaultHangResponse never answers: the client's time-out ends the call.
	FaultHangResponse Fault = "hang-response"
	// FaultCutResponse ends the connection in the middle of the body.
	FaultCutResponse Fault = "cut-response"
	// FaultErrorResponse answers with Code, Status and Message, if not told
	// otherwise 500 InternalError, although AWS has carried the call out.
	FaultErrorResponse Fault = "error-response"
	// FaultEmptyResponse answers 200 without a body.
	FaultEmptyResponse Fault = "empty-response"
)

// fillErrorResponse gives FaultErrorResponse the error that the SDK repeats.
func (r *Rule) fillErrorResponse() {
	if r.Fault != FaultErrorResponse {
		return
	}
	if r.Status == 0 {
		r.Status = http.StatusInternalServerError
	}
	if r.Code == "" {
		r.Code, r.Message = "InternalError", "An internal error has occurred"
	}
}

// lose ends a call whose answer the client must not get. The journal has it by
// then, as accepted and not delivered.
func lose(ctx context.Context, w http.ResponseWriter, c *call, a *answer, rule *activeRule) {
	switch rule.fault() {
	case FaultHangResponse:
		select {
		case <-ctx.Done():
		case <-rule.released:
		}
	case FaultCutResponse:
		cut(w, a)
		return
	case FaultErrorResponse:
		if err := c.refuse(rule.spec.Status, rule.spec.Code, rule.spec.Message).writeTo(w); err != nil {
			slog.Debug("answering with an error", "action", c.action, "error", err)
		}
		return
	case FaultEmptyResponse:
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		return
	default: // FaultLoseResponse
	}
	reset(w)
}

// cut sends the headers and half of the body that they announce. The connection
// ends with FIN, not RST, so that the half arrives.
func cut(w http.ResponseWriter, a *answer) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, err := w.Write(a.body[:len(a.body)/2])
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil {
		slog.Debug("sending half an answer", "error", err)
	}
	// The server ends the connection of a handler that panics with this.
	panic(http.ErrAbortHandler)
}
