// Package shape copies values between the types of the API and those of the SDK. Both name the same
// fields, in another spelling: VPCID and VpcId. The program checks a copy when it starts. Each field
// of the API's type has its field in the SDK's type, or is named as left out.
package shape

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Request returns the function that fills a request from a spec. It leaves out references, which
// the bridge resolves, and tags, which the engine adds.
func Request[In, W any](options ...Option) func(W) In {
	p := newPairing(reflect.TypeFor[W](), reflect.TypeFor[In](), areTags, options)
	return func(want W) (in In) {
		p.copy(reflect.ValueOf(&in).Elem(), reflect.ValueOf(want), "", toSDK)
		return in
	}
}

// Status returns the function that fills a type of the API from AWS's answer. It leaves out the
// fields of a status that the engine writes.
func Status[S, G any](options ...Option) func(*G) S {
	return answered[S, G](resource.EngineOwned, options)
}

// Spec returns the function that fills a spec from AWS's answer. It leaves out references, since
// the answer has ids, and tags, which the engine compares.
func Spec[W, G any](options ...Option) func(*G) W {
	return answered[W, G](areTags, options)
}

func areTags(field string) bool { return field == "tags" }

// answered returns the function that fills a type of the API from AWS's answer, except for our fields.
func answered[T, G any](ours func(field string) bool, options []Option) func(*G) T {
	p := newPairing(reflect.TypeFor[T](), reflect.TypeFor[G](), ours, options)
	return func(got *G) (filled T) {
		p.copy(reflect.ValueOf(&filled).Elem(), reflect.ValueOf(got).Elem(), "", toAPI)
		return filled
	}
}

// Shown is Status for the definition of a kind.
func Shown[S, G any](options ...Option) func(*G) any {
	status := Status[S, G](options...)
	return func(got *G) any { return status(got) }
}

// Option declares which fields do not belong together by their names. Fields of the API have their
// names in manifests: "routeStatuses.origin".
type Option func(*pairing)

// Out leaves out fields of the API.
func Out(fields ...string) Option {
	return func(p *pairing) {
		for _, field := range fields {
			p.special[field] = ""
		}
	}
}

// As pairs a field of the API with a field of the SDK that has another name.
func As(field, sdk string) Option {
	return func(p *pairing) { p.special[field] = sdk }
}

// pairing is how the fields of two types belong together.
type pairing struct {
	ours    func(field string) bool // whether Tack itself fills the field
	special map[string]string       // by field of the API: the SDK's name; empty: left out
	seen    map[string]bool         // of special
	fields  map[string][]pair       // by path of the struct
	faults  []string
}

// pair is the place of a field in both types, and its path.
type pair struct {
	api, sdk []int
	path     string
}

// newPairing pairs two types. It panics where a field has no counterpart, so that no program starts
// with a field that gets lost.
func newPairing(api, sdk reflect.Type, ours func(string) bool, options []Option) *pairing {
	p := &pairing{ours: ours, special: map[string]string{}, seen: map[string]bool{}, fields: map[string][]pair{}}
	for _, option := range options {
		option(p)
	}
	p.match(api, sdk, "")
	for field := range p.special {
		if !p.seen[field] {
			p.faults = append(p.faults, field+" is no field of "+api.String())
		}
	}
	if len(p.faults) > 0 {
		panic(fmt.Sprintf("pairing %s with %s: %s", api, sdk, strings.Join(p.faults, "; ")))
	}
	return p
}

// match pairs the fields of two types, and those of the types within.
func (p *pairing) match(api, sdk reflect.Type, path string) {
	api, sdk = pointed(api), pointed(sdk)
	switch {
	case isTime(api) || isTime(sdk):
		p.require(isTime(api) && isTime(sdk), api, sdk, path)
	case api.Kind() == reflect.Struct && sdk.Kind() == reflect.Struct:
		p.matchFields(api, sdk, path)
	case api.Kind() == reflect.Slice && sdk.Kind() == reflect.Slice,
		api.Kind() == reflect.Map && sdk.Kind() == reflect.Map:
		p.match(api.Elem(), sdk.Elem(), path)
	default:
		p.require(integer(api) && integer(sdk) || plain(api) && api.Kind() == sdk.Kind(), api, sdk, path)
	}
}

func (p *pairing) require(alike bool, api, sdk reflect.Type, path string) {
	if !alike {
		p.faults = append(p.faults, fmt.Sprintf("%s is a %s, and the SDK has a %s", path, api, sdk))
	}
}

// matchFields pairs the fields of two structs.
func (p *pairing) matchFields(api, sdk reflect.Type, path string) {
	if _, done := p.fields[path]; done {
		return
	}
	p.fields[path] = nil
	for field := range api.Fields() {
		at := below(path, field)
		name, special := p.special[at]
		p.seen[at] = true
		switch {
		case special && name == "", p.ours(at), isReference(field.Type):
			continue
		case !special:
			name = strings.TrimSuffix(field.Name, "_") // ACK's form of a name that Go reserves
		}
		counterpart, found := fieldOf(sdk, name)
		if !found && !special && at == "id" { // ACK's short form of the id in AWS's answer
			counterpart, found = fieldOf(sdk, sdk.Name()+"Id")
		}
		if !found {
			p.faults = append(p.faults, at+" has no field in "+sdk.String())
			continue
		}
		p.fields[path] = append(p.fields[path], pair{field.Index, counterpart.Index, at})
		p.match(field.Type, counterpart.Type, at)
	}
}

// below returns the path of a field, as manifests have it.
func below(path string, field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	if path == "" {
		return name
	}
	return path + "." + name
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// isReference reports whether a field refers to other objects.
func isReference(t reflect.Type) bool {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return pointed(t) == reflect.TypeFor[corev1alpha1.AWSResourceReferenceWrapper]()
}

func isTime(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[metav1.Time]()
}

func integer(t reflect.Type) bool {
	return t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64
}

// plain reports whether a value of the type is copied as it is. An enum of the SDK is a text.
func plain(t reflect.Type) bool {
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() == reflect.Float64
}
