package main

import (
	"bytes"
	"fmt"
	"strings"
)

// listFile renders the lists of package apis: the served kinds, the kinds that references may name,
// the references, the secret fields, and the late-initialized fields. The last list has the kinds
// that another account may have to accept.
func listFile(all []group) string {
	var served, others, references, secrets, lateInitialized, accepted bytes.Buffer
	for _, g := range all {
		for _, k := range g.kinds {
			name := g.service + "." + k.name
			fmt.Fprintf(&served, "kind(%q, %q, %q, %q),\n", g.service, k.name, k.facts.plural, k.id)
			if len(k.references) > 0 {
				fmt.Fprintf(&references, "%q: {\n%s},\n", name, rows(k.references))
			}
			if len(k.lateInitialized) > 0 {
				fmt.Fprintf(&lateInitialized, "%q: {\"%s\"},\n", name, strings.Join(k.lateInitialized, `", "`))
			}
			if k.accepted {
				fmt.Fprintf(&accepted, "%q,\n", name)
			}
			if len(k.secrets) > 0 {
				fmt.Fprintf(&secrets, "%q: {%q},\n", name, strings.Join(k.secrets, `", "`))
			}
		}
	}
	for _, f := range foreignKinds() {
		row := "kind"
		if f.inSpec {
			row = "named"
		}
		fmt.Fprintf(&others, "%s(%q, %q, %q, %q),\n", row, f.service, f.name, f.plural, f.field)
	}
	return header + fmt.Sprintf(`package apis

// served are the kinds of this version of Tack.
var served = []Kind{
%s}

// others are the kinds of other controllers that references may name.
var others = []Kind{
%s}

// references by the Name of the kind.
var references = map[string][]Reference{
%s}

// secrets by the Name of the kind.
var secrets = map[string][]string{
%s}

// lateInitialized by the Name of the kind.
var lateInitialized = map[string][]string{
%s}

// accepted are the kinds with resources that another account may have to accept.
var accepted = []string{
%s}
`, &served, &others, &references, &secrets, &lateInitialized, &accepted)
}

// rows returns references in Go syntax.
func rows(all []reference) string {
	var w strings.Builder
	for _, r := range all {
		if r.why != "" {
			fmt.Fprintf(&w, "// %s\n", r.why)
		}
		fmt.Fprintf(&w, "{Path: %q, Into: %q, Kind: %q", r.path, r.into, r.kind)
		for _, flag := range []struct {
			name string
			set  bool
		}{{"Step", r.step}, {"Exists", r.exists}, {"Named", r.named}} {
			if flag.set {
				fmt.Fprintf(&w, ", %s: true", flag.name)
			}
		}
		if r.shown != "" {
			fmt.Fprintf(&w, ", Shown: %q", r.shown)
		}
		w.WriteString("},\n")
	}
	return w.String()
}
