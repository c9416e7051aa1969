package gateway

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// identity is the principal of an access key id.
type identity struct {
	// Principal is the ARN of the user or the assumed role.
	Principal string `json:"principal"`
	// SessionARN and UserID are part of GetCallerIdentity's answer.
	SessionARN string `json:"sessionArn"`
	UserID     string `json:"userId"`
	// Issued is the time when AssumeRole issued the key.
	Issued time.Time `json:"issued,omitzero"`
}

func (i identity) account() string { return accountOf(i.Principal) }

func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

// identities holds every known access key id.
type identities struct {
	file    string
	mu      sync.Mutex
	base    map[string]identity
	assumed map[string]identity
}

func loadIdentities(file string, base map[string]string) (*identities, error) {
	ids := &identities{file: file, base: map[string]identity{}, assumed: map[string]identity{}}
	for key, arn := range base {
		if accountOf(arn) == "" {
			return nil, fmt.Errorf("reading identity %s: %q is not an ARN with an account", key, arn)
		}
		ids.base[key] = identity{Principal: arn, SessionARN: arn, UserID: key}
	}
	if file == "" {
		return ids, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return ids, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the state file: %w", err)
	}
	if err := json.Unmarshal(data, &ids.assumed); err != nil {
		return nil, fmt.Errorf("reading the state file %s: %w", file, err)
	}
	return ids, nil
}

func (ids *identities) lookup(accessKeyID string) (identity, bool) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if id, ok := ids.base[accessKeyID]; ok {
		return id, true
	}
	id, ok := ids.assumed[accessKeyID]
	return id, ok
}

type assumeRoleResponse struct {
	AccessKeyID string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
	SessionARN  string `xml:"AssumeRoleResult>AssumedRoleUser>Arn"`
	UserID      string `xml:"AssumeRoleResult>AssumedRoleUser>AssumedRoleId"`
}

// learn stores the access key of an AssumeRole answer.
func (ids *identities) learn(roleARN string, body []byte) error {
	var r assumeRoleResponse
	if err := xml.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("reading moto's answer to AssumeRole: %w", err)
	}
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.assumed[r.AccessKeyID] = identity{Principal: roleARN, SessionARN: r.SessionARN, UserID: r.UserID, Issued: time.Now()}
	return ids.save()
}

// save replaces the state file atomically, so that a kill leaves a valid file.
func (ids *identities) save() error {
	if ids.file == "" {
		return nil
	}
	data, err := json.MarshalIndent(ids.assumed, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the state: %w", err)
	}
	if err := os.WriteFile(ids.file+".new", data, 0o600); err != nil {
		return fmt.Errorf("writing the state file: %w", err)
	}
	if err := os.Rename(ids.file+".new", ids.file); err != nil {
		return fmt.Errorf("replacing the state file: %w", err)
	}
	return nil
}

type callerIdentity struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	ARN     string   `xml:"GetCallerIdentityResult>Arn"`
	UserID  string   `xml:"GetCallerIdentityResult>UserId"`
	Account string   `xml:"GetCallerIdentityResult>Account"`
	ID      string   `xml:"ResponseMetadata>RequestId"`
}

// getCallerIdentity answers in place of moto. Moto reports account 123456789012 for every key that
// it did not issue itself, and forgets the others when it restarts.
func getCallerIdentity(c *call) *answer {
	return &answer{status: 200, body: encode(callerIdentity{
		ARN: c.identity.SessionARN, UserID: c.identity.UserID, Account: c.identity.account(), ID: requestID(),
	})}
}
