package gateway

import (
	"net/url"
	"strings"
)

// mostParams bounds what the journal keeps of a request, in bytes.
const mostParams = 16 << 10

// Hidden stands for a secret in the journal.
const Hidden = "(hidden)"

// Params returns the parameters of a request as the journal keeps them: without those that every request has,
// and without secrets. nil: they are too large.
func Params(form url.Values) map[string]string {
	params, size := map[string]string{}, 0
	for name, values := range form {
		switch {
		case name == "Action" || name == "Version" || len(values) == 0:
			continue
		case name == "UserData" || strings.HasSuffix(name, ".UserData"):
			params[name] = Hidden
		default:
			params[name] = values[0]
		}
		size += len(name) + len(params[name])
	}
	if size > mostParams {
		return nil
	}
	return params
}

// withoutParams returns copies of entries without their parameters, because readers may hold the entries.
func withoutParams(entries []*Entry) []*Entry {
	out := make([]*Entry, 0, len(entries))
	for _, e := range entries {
		kept := *e
		kept.Params = nil
		out = append(out, &kept)
	}
	return out
}
