package iam

import (
	"strings"
	"testing"
)

func TestSameDocument(t *testing.T) {
	statement := func(s string) string { return `{"Version":"2012-10-17","Statement":[` + s + `]}` }
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"white space and order of keys": {statement(`{"Effect":"Allow","Action":"*"}`), "{ \"Statement\": [\n{\"Action\": \"*\", \"Effect\":\"Allow\"}], \"Version\": \"2012-10-17\"}", true},
		"one statement":                 {statement(`{"Effect":"Allow"}`), `{"Version":"2012-10-17","Statement":{"Effect":"Allow"}}`, true},
		"one action":                    {statement(`{"Action":"a:B"}`), statement(`{"Action":["a:b"]}`), true},
		"order of actions":              {statement(`{"NotAction":["a:B","c:D"]}`), statement(`{"NotAction":["c:D","a:B"]}`), true},
		"order of resources":            {statement(`{"Resource":["b","a"]}`), statement(`{"Resource":["a","b"]}`), true},
		"case of resources":             {statement(`{"Resource":"A"}`), statement(`{"Resource":"a"}`), false},
		"another effect":                {statement(`{"Effect":"Allow"}`), statement(`{"Effect":"Deny"}`), false},
		"one action more":               {statement(`{"Action":["a:b","a:c"]}`), statement(`{"Action":["a:b"]}`), false},
		"order of statements":           {statement(`{"Sid":"a"},{"Sid":"b"}`), statement(`{"Sid":"b"},{"Sid":"a"}`), false},
		"principals":                    {statement(`{"Principal":{"AWS":"1"}}`), statement(`{"Principal":{"AWS":["1"]}}`), true},
		"everyone":                      {statement(`{"Principal":"*"}`), statement(`{"Principal":{"AWS":"*"}}`), true},
		"an account":                    {statement(`{"Principal":{"AWS":["123456789012","*"]}}`), statement(`{"Principal":{"AWS":["*","arn:aws-cn:iam::123456789012:root"]}}`), true},
		"an account's role":             {statement(`{"Principal":{"AWS":"123456789012"}}`), statement(`{"Principal":{"AWS":"arn:aws:iam::123456789012:role/root"}}`), false},
		"conditions":                    {statement(`{"Condition":{"Bool":{"k":true}}}`), statement(`{"Condition":{"Bool":{"k":["true"]}}}`), true},
		"another condition":             {statement(`{"Condition":{"Bool":{"k":true}}}`), statement(`{"Condition":{"Bool":{"k":"false"}}}`), false},
		"the version that goes without": {`{"Statement":[]}`, `{"Version":"2008-10-17","Statement":[]}`, true},
		"another version":               {`{"Statement":[]}`, `{"Version":"2012-10-17","Statement":[]}`, false},
		"no JSON":                       {`x`, `x`, true},
	} {
		if got := sameDocument(test.a, test.b); got != test.same {
			t.Errorf("%s: same is %t", name, got)
		}
	}
}

func TestCheckDocument(t *testing.T) {
	const good = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}`
	long := `{"Statement":[{"Sid":"` + strings.Repeat("x", maxDocument) + `"}]}`
	for document, want := range map[string]string{
		good:                                "",
		good + "\n ":                        "",
		good + strings.Repeat(" \n", 9999):  "",
		" ":                                 "is empty",
		long:                                "has 6170 characters besides white space, AWS allows 6144",
		`[]`:                                "is not a JSON object",
		`"x"`:                               "is not a JSON object",
		`null`:                              "is not a JSON object",
		`{"Version":"2012-10-17"}`:          "has no Statement",
		`{"Statement":[]}`:                  "has no Statement",
		`{"Version":"2012","Statement":{}}`: "has the Version 2012: AWS supports 2012-10-17 and 2008-10-17",
		"{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [}\n}": "is not valid JSON: line 3, column 17: invalid character '}' looking for beginning of value",
		"{\n\"Statement\": [": "is not valid JSON: line 2, column 14: unexpected end of JSON input",
		good + good:           "is not valid JSON: line 1, column 58: invalid character '{' after top-level value",
		good + "}":            "is not valid JSON: line 1, column 58: invalid character '}' after top-level value",
	} {
		got := ""
		if err := checkDocument(document, maxDocument); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.60s: %q, want %q", document, got, want)
		}
	}
}

func TestCheckTrust(t *testing.T) {
	for document, want := range map[string]string{
		`{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`: "",
		`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`:                 "",
		`{`: "is not valid JSON: line 1, column 1: unexpected end of JSON input",
		`{"Statement":[{"Effect":"Allow","Principal":"*"},{"Effect":"Allow"}]}`: "does not name who may assume the role: Statement 2 has no Principal",
		`{"Statement":{"Effect":"Allow","Principal":"*","Resource":"*"}}`:       "has a Resource in Statement 1: remove it, because the resource of a trust policy is the role",
		`{"Statement":["x"]}`: "has a Statement that is not a JSON object: number 1",
		`{"Statement":"x"}`:   "has a Statement that is not a JSON object: number 1",
		`{"Statement":{"Principal":"` + strings.Repeat("x", 8192) + `"}}`: "",
	} {
		got := ""
		if err := checkTrust(document); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%.60s: %q, want %q", document, got, want)
		}
	}
}
