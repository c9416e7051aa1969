// Package fairness prevents the calls of one account from using the slots of all others.
package fairness
