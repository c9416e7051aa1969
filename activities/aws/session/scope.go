package session

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/resource"
)

// identity is who makes a call, and where. Reads share a call only where it is equal. The access key is
// part of it: otherwise, a session that ended would refuse the reads of its successor.
type identity struct {
	cluster   string
	target    resource.Target
	accessKey string
}

// signer signs requests with the credentials of a session, and tells which reads share calls.
type signer struct {
	credentials.StaticCredentialsProvider
	scope sharing.Scope
}

func (s *Sessions) signer(cluster string, t resource.Target, got aws.Credentials) signer {
	return signer{credentials.StaticCredentialsProvider{Value: got}, s.reads.Scope(identity{cluster, t, got.AccessKeyID})}
}

// Scope returns the scope in which reads with these credentials are shared.
func (s signer) Scope() sharing.Scope { return s.scope }
