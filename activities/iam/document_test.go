package iam

import (
	"strings"
	"testing"
)

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
