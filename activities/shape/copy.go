package shape

import (
	"math"
	"reflect"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// way is the direction of a copy: it returns the places of source and destination.
type way func(pair) (to, from []int)

func toSDK(p pair) (to, from []int) { return p.sdk, p.api }
func toAPI(p pair) (to, from []int) { return p.api, p.sdk }

// copy fills to from from, and reports whether there was a value. What is unset stays unset: nil,
// an empty list, and an empty text, since an enum of the SDK has no other form for it.
func (p *pairing) copy(to, from reflect.Value, path string, w way) bool {
	switch {
	case from.Kind() == reflect.Pointer:
		return !from.IsNil() && p.copy(to, from.Elem(), path, w)
	case from.Kind() == reflect.String && from.Len() == 0:
		return false
	case to.Kind() == reflect.Pointer:
		value := reflect.New(to.Type().Elem())
		if !p.copy(value.Elem(), from, path, w) {
			return false
		}
		to.Set(value)
		return true
	case isTime(from.Type()):
		to.Set(timeFor(to.Type(), from))
		return true
	}
	return p.copyParts(to, from, path, w)
}

// copyParts fills a struct, a list, a map or a plain value.
func (p *pairing) copyParts(to, from reflect.Value, path string, w way) bool {
	switch from.Kind() {
	case reflect.Struct:
		for _, field := range p.fields[path] {
			in, out := w(field)
			if place := to.FieldByIndex(in); p.copy(place, from.FieldByIndex(out), field.path, w) && blank(place) {
				place.SetZero()
			}
		}
	case reflect.Slice:
		for i := range from.Len() {
			item := reflect.New(to.Type().Elem()).Elem()
			if p.copy(item, from.Index(i), path, w) {
				to.Set(reflect.Append(to, item))
			}
		}
		return to.Len() > 0
	case reflect.Map:
		made := reflect.MakeMap(to.Type())
		for key, value := range from.Seq2() {
			item := reflect.New(to.Type().Elem()).Elem()
			if p.copy(item, value, path, w) {
				made.SetMapIndex(key.Convert(to.Type().Key()), item)
			}
		}
		if made.Len() == 0 {
			return false
		}
		to.Set(made)
	case reflect.Int32, reflect.Int64:
		to.SetInt(fitting(to, from.Int()))
	default:
		to.Set(from.Convert(to.Type()))
	}
	return true
}

// blank reports whether a field holds a struct without values.
func blank(v reflect.Value) bool {
	return v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct && v.Elem().IsZero()
}

// fitting returns the nearest number that fits. AWS then refuses it in its own words.
func fitting(to reflect.Value, n int64) int64 {
	if to.OverflowInt(n) {
		return min(max(n, math.MinInt32), math.MaxInt32)
	}
	return n
}

// timeFor converts a time between AWS's type and that of objects, which show it in UTC.
func timeFor(t reflect.Type, from reflect.Value) reflect.Value {
	at, ours := reflect.TypeAssert[metav1.Time](from)
	if !ours {
		theirs, _ := reflect.TypeAssert[time.Time](from)
		at = metav1.Time{Time: theirs.UTC()}
	}
	if t == reflect.TypeFor[metav1.Time]() {
		return reflect.ValueOf(at)
	}
	return reflect.ValueOf(at.Time)
}
