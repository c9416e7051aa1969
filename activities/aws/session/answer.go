package session

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// onlyWhole makes a client accept an answer only if it is AWS's answer to that very call. The SDK
// reads a success without a body as an empty result. A read would conclude that the resource does
// not exist, and Tack would create a second one.
func onlyWhole(stack *middleware.Stack) error {
	return stack.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("tack:OnlyWhole", takeWhole), "OperationDeserializer", middleware.After)
}

// takeWhole accepts a success only if it is complete. The query protocols of EC2, IAM and STS name
// the root element of an answer after the operation.
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
func takeWhole(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || response.StatusCode/100 != 2 {
		return out, metadata, err
	}
	body, err := io.ReadAll(response.Body)
	if err == nil {
		err = rooted(body, middleware.GetOperationName(ctx)+"Response")
	}
	if err != nil {
		return out, metadata, &smithy.DeserializationError{Err: fmt.Errorf("reading AWS's answer: %w", err), Snapshot: body[:min(len(body), 256)]}
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), response.Body}
	return out, metadata, nil
}

// rooted checks that the first element of body is the root that AWS uses.
func rooted(body []byte, want string) error {
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("it has no element %s", want)
		case err != nil:
			return err
		}
		if root, ok := token.(xml.StartElement); ok {
			if root.Name.Local != want {
				return fmt.Errorf("it begins with %s instead of %s", root.Name.Local, want)
			}
			return nil
		}
	}
}
