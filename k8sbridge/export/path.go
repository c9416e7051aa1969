package export

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/itchyny/gojq"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
)

const (
	maxPath = 1024        // bytes: the longest path
	maxTime = time.Second // for one evaluation
)

// path selects one value of an object.
type path struct{ code *gojq.Code }

// parsePath reads a path in jq's syntax.
func parsePath(text string) (path, error) {
	if len(text) > maxPath {
		return path{}, fmt.Errorf("the path has %d bytes, at most %d are allowed", len(text), maxPath)
	}
	query, err := gojq.Parse(text)
	if err != nil {
		return path{}, fmt.Errorf("%q is not a path of jq: %w", text, err)
	}
	if err = checkQuery(query); err != nil {
		return path{}, err
	}
	if name := root(query); name != "" && name != "spec" && name != "status" {
		return path{}, fmt.Errorf("%q starts at .%s: only .spec and .status are exported", text, name)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return path{}, fmt.Errorf("%q is not a path of jq: %w", text, err)
	}
	return path{code}, nil
}

// valueIn returns the value that the path selects, as text. Of several values, the first counts, as
// in ACK. The path sees only spec and status, without fields that may contain secrets. The error
// says why there is no value.
func (p path) valueIn(ctx context.Context, u *unstructured.Unstructured, kind apis.Kind) (string, error) {
	spec, withheld := level.WithoutSecrets(u, kind)
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	got, some := p.code.RunWithContext(ctx, map[string]any{"spec": plain(spec), "status": plain(u.Object["status"])}).Next()
	if !some {
		got = nil
	}
	text, err := textOf(got)
	if err != nil && len(withheld) > 0 {
		return "", fmt.Errorf("%w; fields that may contain secrets are never exported: %s", err, strings.Join(withheld, ", "))
	}
	return text, err
}

// plain returns a copy of a value of an object, with the types that jq accepts.
func plain(value any) any {
	switch v := value.(type) {
	case int64:
		return int(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for name := range v {
			object[name] = plain(v[name])
		}
		return object
	}
	return value // text, boolean, fraction or nil
}

// textOf returns a text, number or boolean as text.
func textOf(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", errors.New("it selects nothing")
	case error:
		return "", fmt.Errorf("it cannot be followed: %w", v)
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case *big.Int:
		return v.String(), nil
	case []any:
		return "", errors.New("it selects a list: select one text, number or boolean in it")
	case map[string]any:
		return "", errors.New("it selects an object: select one text, number or boolean in it")
	}
	return "", fmt.Errorf("it selects a %T", value)
}
