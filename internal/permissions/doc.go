// Package permissions reads what the IAM policies in config/iam allow. Its tests compare the
// policies with the calls that each kind makes.
package permissions
