package documents

import "testing"

func TestSame(t *testing.T) {
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
		if got := Same(test.a, test.b); got != test.same {
			t.Errorf("%s: same is %t", name, got)
		}
	}
}
