package sharing

import "reflect"

// copied returns a copy of a list of AWS that has no memory in common with it. Unexported fields keep
// their values: times have some, whose contents never change.
func copied[T any](list []T) []T {
	return deep(reflect.ValueOf(list)).Interface().([]T)
}

func deep(v reflect.Value) reflect.Value {
	switch v.Kind() { //nolint:exhaustive // all other kinds are values
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		c := reflect.New(v.Type().Elem())
		c.Elem().Set(deep(v.Elem()))
		return c
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			c.Index(i).Set(deep(v.Index(i)))
		}
		return c
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		c := reflect.MakeMapWithSize(v.Type(), v.Len())
		for key, value := range v.Seq2() {
			c.SetMapIndex(key, deep(value))
		}
		return c
	case reflect.Struct:
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		for field, value := range c.Fields() {
			if field.IsExported() {
				value.Set(deep(value))
			}
		}
		return c
	}
	return v
}
