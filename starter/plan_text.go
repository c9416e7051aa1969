package main

import (
	"fmt"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// planOf is the plan of one object of the command.
type planOf struct {
	Ref   resource.Ref `json:"object"`
	Where string       `json:"from"` // "main.yaml, document 2"
	resource.Planned
	deletes bool
}

// incomplete reports whether an apply would leave something to do, or it is unknown: Tack does not compare
// a paused object, or one of another controller, with AWS. An apply that only waits makes its calls later.
// A deletion that waits for AWS needs none.
func (p planOf) incomplete() bool {
	waits := p.Later || len(p.Waits) > 0 && !p.deletes
	return p.Problem != nil || len(p.Notes) > 0 || waits && len(p.Calls) == 0
}

// inText returns plans in words.
func inText(plans []planOf, skipped []string) string {
	var out strings.Builder
	calls := 0
	for _, p := range plans {
		p.write(&out)
		calls += len(p.Calls)
	}
	for _, s := range skipped {
		fmt.Fprintf(&out, "skipped: %s: no kind of Tack\n", s)
	}
	fmt.Fprintf(&out, "%s for %s. Nothing was written\n", counted(calls, "AWS call"), counted(len(plans), "object"))
	return out.String()
}

// counted returns a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n) + " " + noun + "s"
}

// does says in a word what the plan does.
func (p planOf) does() string {
	switch {
	case p.deletes && !p.Exists:
		return "delete: the cluster has no such object"
	case p.deletes && len(p.Calls) == 0 && p.Problem == nil:
		return "delete, without an AWS call"
	case p.deletes:
		return "delete"
	case p.Problem != nil && len(p.Calls) == 0:
		return "no call"
	case p.Adopted:
		return "adopt " + p.ID
	case p.ID == "":
		return "create"
	case len(p.Calls) == 0:
		return "no change"
	}
	return "change " + p.ID
}

func (p planOf) write(out *strings.Builder) {
	fmt.Fprintf(out, "%s (%s): %s\n", p.Ref, p.Where, p.does())
	if at := p.Target; at.RoleARN != "" {
		fmt.Fprintf(out, "  in account %s, Region %s, as %s\n", at.AccountID, at.Region, at.RoleARN)
	}
	wide := 0
	for _, c := range p.Calls {
		wide = max(wide, len(c.Action))
	}
	for _, c := range p.Calls {
		fmt.Fprintf(out, "  %2d  %-*s  %s\n", c.Order, wide, c.Action, p.words(c))
	}
	for _, s := range p.Stand {
		fmt.Fprintf(out, "  %s: %s\n", s, s.Why)
	}
	p.writeAll(out, "cannot be changed", p.Notes)
	p.writeAll(out, "waits", p.Waits)
	p.writeAll(out, "note", p.Advice)
	if p.Problem != nil {
		fmt.Fprintf(out, "  %s: %s\n", p.Problem.Reason, p.named(p.Problem.Message))
	}
	if p.Later {
		fmt.Fprintln(out, "  further calls depend on what AWS shows then")
	}
}

func (p planOf) writeAll(out *strings.Builder, what string, all []string) {
	for _, text := range all {
		fmt.Fprintf(out, "  %s: %s\n", what, p.named(text))
	}
}

// words describes a call: its field, what it does, where it goes if not to the object's own account, and
// whether the role may make it.
func (p planOf) words(c resource.PlannedCall) string {
	words := p.named(c.Summary)
	if c.Field != "" {
		words = c.Field + ": " + words
	}
	if c.AccountID != p.Target.AccountID || c.Region != p.Target.Region {
		words += fmt.Sprintf(" (in account %s, Region %s, as %s)", c.AccountID, c.Region, c.RoleARN)
	}
	switch c.Permission {
	case resource.Allowed:
		words += " [allowed]"
	case resource.Lacking:
		words += " [the role lacks the permission " + c.Action + "]"
	case resource.Unknown:
		words += " [permission unknown: " + c.Answer + "]"
	}
	return words
}

// named replaces stand-ins by what they stand for.
func (p planOf) named(text string) string {
	text = strings.ReplaceAll(text, resource.NewID, "<id of the create>")
	for _, s := range p.Stand {
		text = strings.ReplaceAll(text, s.Text, s.String())
	}
	return text
}
