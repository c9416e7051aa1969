package session

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
)

// userAgentOwner is the key of an owner in a user agent.
const userAgentOwner = "tack-owner"

// ForOwner returns a configuration whose requests name an owner in their user agent: its kind and a
// digest of 32 hexadecimal digits, because a user agent allows few characters. CloudTrail then shows
// for which object a resource was created whose type has no tags.
func ForOwner(cfg aws.Config, kind, owner string) aws.Config {
	sum := sha256.Sum256([]byte(owner))
	cfg.APIOptions = append(slices.Clip(cfg.APIOptions), middleware.AddUserAgentKeyValue(userAgentOwner, kind+"."+hex.EncodeToString(sum[:16])))
	return cfg
}
