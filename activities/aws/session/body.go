package session

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// plainBodies makes a client send bodies that can only be read. Without it the answer to any call
// may be lost on a busy machine, although AWS sent it: "use of closed network connection".
//
// The SDK closes the body of a request as soon as its answer begins. The write loop of net/http may
// still look for bytes after the announced length then, and prefers the body's WriteTo. WriteTo of
// smithy-go 1.28 returns io.EOF for a closed body (transport/http/internal/io/safe.go). net/http
// takes any error of WriteTo for a failed write, and closes the connection. By Read it finds the
// end.
func plainBodies(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("tack:PlainBodies", sendPlain), middleware.After)
}

func sendPlain(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	request, ok := in.Request.(*smithyhttp.Request)
	if !ok {
		return next.HandleDeserialize(ctx, in)
	}
	if body, ok := request.GetStream().(io.ReadSeeker); ok {
		plain, err := request.SetStream(struct{ io.ReadSeeker }{body})
		if err != nil {
			return middleware.DeserializeOutput{}, middleware.Metadata{}, fmt.Errorf("preparing the body of the request: %w", err)
		}
		in.Request = plain
	}
	return next.HandleDeserialize(ctx, in)
}
