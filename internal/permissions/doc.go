// Package permissions knows what the IAM policies in config/iam allow. Its tests
// derive them from the calls that each kind makes.
package permissions
