package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// kindFile renders the types of one kind.
func (g *group) kindFile(k *kind) string {
	var w bytes.Buffer
	w.WriteString(k.structDoc("Spec", "is the desired state of "+k.about+"."))
	w.WriteString(k.structOf("Spec", "spec"))
	w.WriteString(k.structDoc("Status", "is the observed state of "+k.about+"."))
	w.WriteString(k.structOf("Status", "status"))

	fmt.Fprintf(&w, "// %s is %s.\n// See %s%s.html\n//\n", k.name, k.about, g.pages, k.doc)
	w.WriteString("// +kubebuilder:object:root=true\n// +kubebuilder:subresource:status\n")
	fmt.Fprintf(&w, "// +kubebuilder:resource:path=%s,scope=%s\n", k.facts.plural, k.facts.scope)
	for _, c := range append(slices.Clip(k.facts.columns), ownColumns...) {
		wide := ""
		if c.wide {
			wide = ",priority=1"
		}
		fmt.Fprintf(&w, "// +kubebuilder:printcolumn:name=%q,type=%s,JSONPath=`%s`%s\n", c.name, k.columnType(c), c.jsonPath, wide)
	}
	fmt.Fprintf(&w, `type %[1]s struct {
	metav1.TypeMeta `+"`json:\",inline\"`"+`
	metav1.ObjectMeta `+"`json:\"metadata,omitzero\"`"+`

	// +optional
	Spec %[1]sSpec `+"`json:\"spec,omitzero\"`"+`
	// +optional
	Status %[1]sStatus `+"`json:\"status,omitzero\"`"+`
}

// %[1]sList is a list of %[1]s objects.
//
// +kubebuilder:object:root=true
type %[1]sList struct {
	metav1.TypeMeta `+"`json:\",inline\"`"+`
	metav1.ListMeta `+"`json:\"metadata,omitzero\"`"+`

	Items []%[1]s `+"`json:\"items\"`"+`
}
`, k.name)
	return source(w.String())
}

func (k *kind) structDoc(suffix, text string) string {
	var w bytes.Buffer
	writeComment(&w, k.name+suffix+" "+text)
	return w.String()
}

func (k *kind) structOf(suffix, part string) string {
	var w bytes.Buffer
	fmt.Fprintf(&w, "type %s%s struct {\n", k.name, suffix)
	for _, p := range k.facts.root.prop(part).props {
		field(&w, p, describe(p, k.fields[p.path], k.values[p.path]))
	}
	if part == "status" {
		for _, p := range ownStatus() {
			field(&w, p, describe(p, "", nil))
		}
	}
	w.WriteString("}\n\n")
	return w.String()
}

// ownColumns follow ACK's columns: the state of the object, the place of the resource, and the age.
// The age is among them because kubectl adds it only for kinds without columns. REASON comes from
// ResourceSynced: ACK's Ready has a reason that is the type of another condition.
var ownColumns = []column{
	{name: "READY", jsonPath: `.status.conditions[?(@.type=="Ready")].status`},
	{name: "REASON", jsonPath: `.status.conditions[?(@.type=="ACK.ResourceSynced")].reason`},
	{name: "ACCOUNT", jsonPath: ".status.ackResourceMetadata.ownerAccountID"},
	{name: "REGION", jsonPath: ".status.ackResourceMetadata.region"},
	{name: "AGE", jsonPath: ageColumn},
	{name: "MESSAGE", jsonPath: `.status.conditions[?(@.type=="ACK.ResourceSynced")].message`, wide: true},
}

const ageColumn = ".metadata.creationTimestamp"

// ownStatus lists the fields that every status has in addition to ACK's.
func ownStatus() []*node {
	return []*node{
		{name: "observedGeneration", typ: "integer"},
		{name: "inputsDigest", typ: "string"},
		{name: "retries", typ: "integer"},
		{name: "nextTryTime", typ: "string", flags: []string{"format=date-time"}},
		{name: "syncedID", typ: "string"},
	}
}

// columnType returns the type of a printer column, which is the type of its field.
func (k *kind) columnType(c column) string {
	if c.jsonPath == ageColumn {
		return "date"
	}
	at := &k.facts.root
	for _, name := range strings.Split(strings.TrimPrefix(c.jsonPath, "."), ".") {
		if at = at.prop(name); at == nil {
			return "string"
		}
	}
	return at.typ
}

func (g *group) packageFile() string {
	return header + fmt.Sprintf(`// Package %[1]s holds the kinds of the group %[2]s, which represent resources
// of %[3]s.
// See %[4]sWelcome.html
//
// +kubebuilder:object:generate=true
// +groupName=%[2]s
package %[1]s
`, version, g.name(), g.title, g.pages)
}

func (g *group) registerFile() string {
	var types strings.Builder
	for _, k := range g.kinds {
		fmt.Fprintf(&types, "&%[1]s{}, &%[1]sList{},\n", k.name)
	}
	return source(fmt.Sprintf(`// GroupVersion is the group and version of the kinds in this package.
var GroupVersion = schema.GroupVersion{Group: %q, Version: %q}

// SchemeBuilder collects the functions that add the kinds to a scheme.
var SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

// AddToScheme adds the kinds to a scheme.
func AddToScheme(s *runtime.Scheme) error { return SchemeBuilder.AddToScheme(s) }

func addKnownTypes(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		%s
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
`, g.name(), version, types.String()))
}
