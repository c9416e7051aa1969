// Package fairness keeps the calls of one account from taking the slots of all others.
package fairness
