package session

import "testing"

// An endpoint is allowed by the host that is called, whatever else its URL contains.
func TestEndpointPatterns(t *testing.T) {
	const internal = "https://*.internal.example.com"
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{internal, "https://a.internal.example.com", true},
		{internal, "https://a.b.internal.example.com", true}, // the names of VPC endpoints have several parts
		{internal, "https://a.internal.example.com/", true},
		{internal, "HTTPS://A.Internal.Example.COM", true}, // host names are case-insensitive
		{internal, "https://a.internal.example.com:443", true},

		{internal, "https://evil.com/x.internal.example.com", false},
		{internal, "https://evil.com?x.internal.example.com", false},
		{internal, "https://evil.com/?x.internal.example.com", false},
		{internal, "https://evil.com#x.internal.example.com", false},
		{internal, "https://evil.com:443#x.internal.example.com", false},
		{internal, `https://evil.com\.internal.example.com`, false},
		{internal, "https://evil.com%2f.internal.example.com", false},
		{internal, "https://evil.com%00.internal.example.com", false},
		{internal, "https://evil.com:80.internal.example.com", false},
		{internal, "https://a.internal.example.com@evil.com", false},
		{internal, "https://user:a.internal.example.com@evil.com", false},
		{internal, "https://user@a.internal.example.com", false},
		{internal, "https://a.internal.example.com:8443", false},
		{internal, "https://a.internal.example.com:", false},
		{internal, "https://a.internal.example.com.", false},
		{internal, "https://a.internal.example.com.evil.com", false},
		{internal, "https://.internal.example.com", false},
		{internal, "https://a..internal.example.com", false},
		{internal, "https://internal.example.com", false},
		{internal, "http://a.internal.example.com", false},
		{internal, "https://a.internal.example.com/path", false},
		{internal, "https://a.internal.example.com?x", false},
		{internal, "https://a.internal.example.com\n", false},
		{internal, " https://a.internal.example.com", false},
		{internal, "https://evil.com /.internal.example.com", false},
		{internal, "https://*.internal.example.com", false},
		{internal, "//a.internal.example.com", false},
		// HTTP clients map these to other ASCII names.
		{internal, "https://evil。com.internal.example.com", false},
		{internal, "https://ⓐ.internal.example.com", false},
		{internal, "https://a.internal。example。com", false},
		{"https://xn--*.example.com", "https://xn--80ak6aa92e.example.com", true},

		{"https://a.example.com:*", "https://a.example.com:8443", true},
		{"https://a.example.com:*", "https://a.example.com", true},
		{"https://a.example.com:8443", "https://a.example.com", false},
		{"https://a.example.com:8443", "https://a.example.com:08443", true},
		{"http://127.0.0.1:*", "http://127.0.0.1:4566", true},
		{"http://127.0.0.1:*", "http://127.0.0.1:80@evil.com", false},
		{"http://127.0.0.1:*", "http://127.0.0.1.evil.com:80", false},
		{"http://[::1]:*", "http://[::1]:4566", true},
		{"http://[::1]:*", "http://[0:0:0:0:0:0:0:1]:4566", true},
		{"http://[::1]:*", "http://[::1%25eth0]:4566", false},
		{"https://*", "https://anything.example", true},
		{"https://*", "https://anything.example/x", false},
		{"https://*", "https://anything.example:8443", false},
		{"https://a.example.com/aws/*", "https://a.example.com/aws/ec2", true},
		{"https://a.example.com/aws/*", "https://a.example.com/aws/ec2/x", false},
		{"https://a.example.com/aws/*", "https://a.example.com/aws/..", false},
		{"https://a.example.com/aws/*", "https://a.example.com/aws/%2e%2e", false},
		{"dev=https://a.example.com", "https://a.example.com", true},
		{"prod=https://a.example.com", "https://a.example.com", false},
	} {
		var e Endpoints
		if err := e.Set(c.pattern); err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := e.Match("dev", c.value); got != c.want {
			t.Errorf("pattern %s, endpoint %s: allowed: %t, want %t", c.pattern, c.value, got, c.want)
		}
	}
	for _, pattern := range []string{
		"", "*", "*.example.com", "*://a.example.com", "ftp://a", "https://", "https://*@a", "https://a/?x=*", "https://a#*", "https://a:4*", "https://ä.example", "https://a.",
		"dev=*", "https://a%2e*", "https://[::*]", "=https://a",
	} {
		if err := new(Endpoints).Set(pattern); err == nil {
			t.Errorf("the pattern %q is taken", pattern)
		}
	}
}

// A path may contain ":", so a "*" for an account must not extend into it.
func TestRolePatterns(t *testing.T) {
	const tack = "arn:aws:iam::*:role/tack"
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{tack, "arn:aws:iam::111111111111:role/tack", true},
		{tack, "arn:aws:iam::111111111111:role/x:role/tack", false}, // the role tack with the path /x:role/
		{tack, "arn:aws:iam::111111111111:role/x/tack", false},
		{tack, "arn:aws:iam::111111111111:role/tack/x", false},
		{tack, "arn:aws:iam::111111111111:role/tack\n", false},
		{tack, "arn:aws:iam::111111111111:role/Tack", false},
		{tack, "arn:aws-cn:iam::111111111111:role/tack", false},
		{tack + "-*", "arn:aws:iam::111111111111:role/tack-ec2", true},
		{tack + "-*", "arn:aws:iam::111111111111:role/tack-x/admin", false},
		{tack + "-*", "arn:aws:iam::111111111111:role/tack-x:y/admin", false},
		{"arn:aws:iam::*:role/teams/*", "arn:aws:iam::111111111111:role/teams/a", true},
		{"arn:aws:iam::*:role/teams/*", "arn:aws:iam::111111111111:role/teams/a/b", false},
		{"arn:*:iam::*:role/*", "arn:aws-cn:iam::111111111111:role/a=b", true},
		{"dev-*=" + tack, "arn:aws:iam::111111111111:role/tack", true},
		{"dev=" + tack, "arn:aws:iam::111111111111:role/tack", false},
	} {
		var r Roles
		if err := r.Set(c.pattern); err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := r.Match("dev-1", c.value); got != c.want {
			t.Errorf("pattern %s, role %s: allowed: %t, want %t", c.pattern, c.value, got, c.want)
		}
	}
	for _, pattern := range []string{"prod,eu=arn:aws:iam::*:role/tack", "a(b)=arn:aws:iam::*:role/tack", "", "*", "dev=*", "tack", "arn:*", "arn:aws:iam::*", "arn:aws:iam::*:user/x", "arn:aws:sts::*:role/x", "a:b=" + tack} {
		if err := new(Roles).Set(pattern); err == nil {
			t.Errorf("the pattern %q is taken", pattern)
		}
	}
}
