package gateway

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
)

// answer is a complete response. It stays in memory, because a fault may drop it.
type answer struct {
	status int
	body   []byte
	// code is the AWS error code, empty for a success.
	code string
	// replayed marks an earlier answer that is repeated for its ClientToken.
	replayed bool
}

func (a *answer) ok() bool { return a.status/100 == 2 }

func (a *answer) writeTo(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if _, err := w.Write(a.body); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return http.NewResponseController(w).Flush()
}

type errorBody struct {
	Type    string `xml:"Type,omitempty"`
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

// ec2Error and queryError are the two formats of an error in the Query protocol.
type ec2Error struct {
	XMLName xml.Name  `xml:"Response"`
	Error   errorBody `xml:"Errors>Error"`
	ID      string    `xml:"RequestID"`
}

type queryError struct {
	XMLName xml.Name  `xml:"ErrorResponse"`
	Error   errorBody `xml:"Error"`
	ID      string    `xml:"RequestId"`
}

// refuse returns an error answer in the format of the call's service.
func (c *call) refuse(status int, code, message string) *answer {
	body := errorBody{Code: code, Message: message}
	if c.service == serviceEC2 {
		return &answer{status: status, code: code, body: encode(ec2Error{Error: body, ID: requestID()})}
	}
	body.Type = "Sender"
	if status >= http.StatusInternalServerError {
		body.Type = "Receiver"
	}
	return &answer{status: status, code: code, body: encode(queryError{Error: body, ID: requestID()})}
}

// badRequest returns an error with status 400, which EC2 uses for nearly every refusal.
func (c *call) badRequest(code, format string, args ...any) *answer {
	return c.refuse(http.StatusBadRequest, code, fmt.Sprintf(format, args...))
}

// errorCode reads the AWS error code from either format.
func errorCode(body []byte) string {
	var ec2 ec2Error
	if xml.Unmarshal(body, &ec2) == nil && ec2.Error.Code != "" {
		return ec2.Error.Code
	}
	var query queryError
	if xml.Unmarshal(body, &query) == nil {
		return query.Error.Code
	}
	return ""
}

func encode(v any) []byte {
	body, err := xml.Marshal(v)
	if err != nil {
		// Only types of this package are encoded, and each has a test.
		panic(fmt.Sprintf("encoding %T: %v", v, err))
	}
	return append([]byte(xml.Header), body...)
}

func requestID() string {
	var b [16]byte
	// rand.Read never fails since Go 1.24.
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
