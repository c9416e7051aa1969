package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// Each kind of IAM is created with its tags, read and listed, refused under its name, and deleted,
// as AWS does it.
func TestEachKindOfIAM(t *testing.T) {
	for name, r := range recipesFor(t, serviceIAM) {
		if r.create == "" {
			continue // it has a test of its own
		}
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			l := &lifeInIAM{recipe: r, kind: kindMadeBy(r.create), a: a, noun: strings.TrimPrefix(r.create, "Create")}
			if l.kind == nil {
				t.Fatalf("no row of kinds has the create %s", r.create)
			}
			l.params = r.with(a)
			l.create(t)
			l.shown(t)
			l.deleted(t)
		})
	}
}

// lifeInIAM is a resource of a kind of IAM.
type lifeInIAM struct {
	recipe
	*kind
	a          *account
	noun       string
	params     []string // of the create
	name, made string   // name is what calls identify it by
}

func (l *lifeInIAM) send(action string, params ...string) result {
	l.a.t.Helper()
	return send(request(l.a.t, l.a.url, l.a.key, serviceIAM, append([]string{"Action", action}, params...)...))
}

func (l *lifeInIAM) answered(t *testing.T, what string, got result, status int, code string) {
	t.Helper()
	if got.status != status || got.code != code {
		t.Errorf("%s: %d %s, want %d %s", what, got.status, got.code, status, code)
	}
}

// create creates the resource. IAM keeps its name unique in any letter case.
func (l *lifeInIAM) create(t *testing.T) {
	params := slices.Clone(l.params)
	if l.tagged() {
		params = append(params, "Tags.member.1.Key", "k", "Tags.member.1.Value", "v")
	}
	got := l.send(l.recipe.create, params...)
	made := createdResources(&call{service: serviceIAM, action: l.recipe.create}, &answer{body: []byte(got.body)})
	if got.status != http.StatusOK || len(made) != 1 {
		t.Fatalf("%s made %q: %+v", l.recipe.create, made, got)
	}
	l.made, l.name = made[0], made[0]
	l.answered(t, "the same again", l.send(l.recipe.create, l.params...), http.StatusConflict, "EntityAlreadyExists")
	at := slices.Index(l.params, l.kind.name)
	if at < 0 {
		return // its name is not in the request
	}
	if l.called == l.kind.name {
		l.name = l.params[at+1]
	}
	with := func(name string) []string {
		params := slices.Clone(l.params)
		params[at+1] = name
		return params
	}
	upper := strings.ToUpper(l.params[at+1])
	l.answered(t, "the name in other letters", l.send(l.recipe.create, with(upper)...), http.StatusConflict, "EntityAlreadyExists")
	for what, params := range map[string][]string{
		"a name with a space":      with("a b"),
		"a long name":              with(strings.Repeat("x", 129)),
		"a path without slashes":   append(with("p"), "Path", "b"),
		"the name on another path": append(l.params, "Path", "/b/"),
	} {
		status, code := http.StatusBadRequest, "ValidationError"
		if what == "the name on another path" {
			status, code = http.StatusConflict, "EntityAlreadyExists"
		}
		l.answered(t, what, l.send(l.recipe.create, params...), status, code)
	}
	if l.tagged() {
		reserved := append(with("p"), "Tags.member.1.Key", "aws:x", "Tags.member.1.Value", "v")
		l.answered(t, "a tag key of AWS", l.send(l.recipe.create, reserved...), http.StatusBadRequest, "InvalidInput")
	}
}

// tagged reports whether the kind has tags: a group of users has none.
func (l *lifeInIAM) tagged() bool { return awsmodel.Takes(serviceIAM, l.recipe.create, "Tags") }

// get reads the resource, or another one.
func (l *lifeInIAM) get(name string) result { return l.send("Get"+l.noun, l.called, name) }

// unknown returns the name of a resource that does not exist.
func (l *lifeInIAM) unknown() string { return l.name + "x" }

// shown checks the ways to find it.
func (l *lifeInIAM) shown(t *testing.T) {
	got := l.get(l.name)
	if tags := elements([]byte(got.body), "member>Value"); got.status != http.StatusOK || l.tagged() != slices.Equal(tags, []string{"v"}) {
		t.Errorf("its tags are %v: %+v", tags, got)
	}
	l.answered(t, "reading an unknown one", l.get(l.unknown()), http.StatusNotFound, "NoSuchEntity")
	for action := range l.lists {
		if !l.listed(t, action) {
			t.Errorf("%s does not return it", action)
		}
	}
}

func (l *lifeInIAM) listed(t *testing.T, action string) bool {
	t.Helper()
	got := l.send(action)
	if got.status != http.StatusOK {
		t.Errorf("%s: %+v", action, got)
	}
	return slices.ContainsFunc(rowsOf([]byte(got.body)), func(r row) bool { return r.has(l.lists[action], l.made) })
}

// deleted checks what follows a delete.
func (l *lifeInIAM) deleted(t *testing.T) {
	remove := func(name string) result { return l.send("Delete"+l.noun, l.called, name) }
	status, code := http.StatusNotFound, "NoSuchEntity"
	if l.idempotent {
		status, code = http.StatusOK, ""
	}
	l.answered(t, "deleting an unknown one", remove(l.unknown()), status, code)
	if got := remove(l.name); got.status != http.StatusOK {
		t.Fatalf("deleting it: %+v", got)
	}
	l.answered(t, "deleting it again", remove(l.name), status, code)
	l.answered(t, "reading it after the delete", l.get(l.name), http.StatusNotFound, "NoSuchEntity")
	for action := range l.lists {
		if l.listed(t, action) {
			t.Errorf("%s returns it after the delete", action)
		}
	}
}

// named returns the parameters of a create with a name of its own each time.
func named(param string, more ...string) func(*account) []string {
	return func(*account) []string {
		return append([]string{param, fmt.Sprint("Web", nextAccount.Add(1))}, more...)
	}
}
