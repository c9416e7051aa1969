// Package permissions holds the tests that derive, from the calls that each kind
// makes, the IAM policies in config/iam.
package permissions
