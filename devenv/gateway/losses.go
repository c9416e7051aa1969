package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
)

// Further ways to lose an answer after AWS carried out the call. Each is a different
// error for the client, and each leaves the result unknown to it.
const (
	// FaultHangResponse never answers. The client's timeout ends the call.
	FaultHangResponse Fault = "hang-response"
	// FaultCutResponse ends the connection in the middle of the body.
	FaultCutResponse Fault = "cut-response"
	// FaultErrorResponse answers with Code, Status and Message, although AWS
	// carried out the call. The default is 500 InternalError.
	FaultErrorResponse Fault = "error-response"
	// FaultEmptyResponse answers 200 without a body.
	FaultEmptyResponse Fault = "empty-response"
)

// fillErrorResponse sets the default of FaultErrorResponse: an error that the SDK retries.
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

// lose ends a call whose answer the client must not receive. The journal already
// has the call, as accepted and not delivered.
func lose(ctx context.Context, w http.ResponseWriter, c *call, a *answer, rule *activeRule) {
	switch rule.fault() {
	case FaultHangResponse:
		select {
		case <-ctx.Done():
		case <-rule.ended:
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

// cut sends the headers and half of the announced body. The connection ends with
// FIN, not RST, so that this half arrives.
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
	// With this panic the server closes the connection.
	panic(http.ErrAbortHandler)
}
