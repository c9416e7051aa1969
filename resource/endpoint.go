package resource

import (
	"errors"
	"net"
	"strings"
)

// Endpoint is the URL of an AWS endpoint in canonical form. The calls therefore use exactly the URL
// that was compared with --allow-endpoints.
type Endpoint struct {
	Scheme string // "http" or "https"
	Host   string // lower case, as an HTTP client resolves it; IPv6 without brackets
	Port   string // never empty: 443 or 80 where the URL names no port
	Path   string // empty, or with a leading slash and no trailing slash
}

// ParseEndpoint reads an endpoint URL. It refuses every part and spelling that could make a URL
// look like a host other than the one called. These are a user name, a query, a fragment, encoded
// characters, a name that is not ASCII, and a trailing dot.
func ParseEndpoint(text string) (Endpoint, error) {
	if strings.Contains(text, "*") {
		return Endpoint{}, errors.New("it contains *, which is for patterns")
	}
	return ParseEndpointPattern(text)
}

// ParseEndpointPattern reads an endpoint URL that may have "*" in its host, port or path.
func ParseEndpointPattern(text string) (Endpoint, error) {
	scheme, rest, _ := strings.Cut(text, "://")
	e := Endpoint{Scheme: strings.ToLower(scheme)}
	if e.Scheme != "https" && e.Scheme != "http" {
		return e, errors.New("it does not begin with https://")
	}
	if part := strings.IndexAny(rest, `?#@\%`); part >= 0 {
		return e, errors.New("it contains " + string(rest[part]) + ": a user name, a query, a fragment and encoded characters are not allowed")
	}
	host, path, _ := strings.Cut(rest, "/")
	e.Path = strings.TrimSuffix("/"+path, "/")
	if strings.ContainsFunc(e.Path, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Contains(e.Path+"/", "/../") || strings.Contains(e.Path+"/", "/./") {
		return e, errors.New("its path contains a blank, a character that is not ASCII, or a relative part")
	}
	return e, e.split(strings.ToLower(host))
}

// split reads the host and the port.
func (e *Endpoint) split(text string) error {
	e.Host, e.Port = text, map[string]string{"https": "443", "http": "80"}[e.Scheme]
	if last := strings.LastIndexByte(text, ':'); last > strings.LastIndexByte(text, ']') {
		e.Host, e.Port = text[:last], strings.TrimLeft(text[last+1:], "0")
		if e.Port == "" || e.Port != "*" && (len(e.Port) > 5 || strings.Trim(e.Port, "0123456789") != "") {
			return errors.New("its port is not a number")
		}
	}
	if inner, ok := strings.CutPrefix(e.Host, "["); ok {
		ip := net.ParseIP(strings.TrimSuffix(inner, "]"))
		if ip == nil || !strings.HasSuffix(inner, "]") {
			return errors.New("its host is not an IPv6 address")
		}
		e.Host = ip.String()
		return nil
	}
	for label := range strings.SplitSeq(e.Host, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_*") != "" {
			return errors.New("its host is not a name of letters, digits and hyphens, without a trailing dot: write an international name as xn--…")
		}
	}
	return nil
}
