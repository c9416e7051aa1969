package gateway

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
)

// picture is an answer from before a mutation. Later reads get it again.
type picture struct {
	lag
	account, region string
	// form is the read. If path is set, another read of the same list gets the
	// rows of the picture.
	form, action string
	path, id     string
	answer       *answer
}

// takePictures reads the resources that a mutation names, before it is carried out.
func takePictures(c *call, moto *upstream, lasting []*activeRule) []*picture {
	at := slices.IndexFunc(lasting, func(r *activeRule) bool { return r.fault() == FaultStale })
	if at < 0 || c.form.Get("DryRun") == "true" {
		return nil
	}
	var out []*picture
	keep := func(action, path, id string, params url.Values) {
		read := c.read(action, params)
		p := &picture{
			lag: lag{rule: lasting[at]}, account: c.identity.account(), region: c.region,
			form: readParams(read.form), action: action, path: path, id: id,
		}
		p.answer = moto.send(read, read.form)
		out = append(out, p)
	}
	for _, id := range c.namedResources() {
		k := kindOf(id)
		if k == nil || c.service != serviceEC2 {
			continue
		}
		for action, path := range k.lists {
			keep(action, path, id, byFilter(k.filter, id))
		}
		keep("DescribeTags", "resourceId", id, byFilter("resource-id", id))
	}
	for _, k := range kinds {
		for _, f := range k.reads {
			if params := c.paramsFor(f); params != nil {
				keep(f.action, "", "", params)
			}
		}
	}
	return out
}

// read returns a read by the same caller.
func (c *call) read(action string, params url.Values) *call {
	other := *c
	other.action = action
	other.form = url.Values{"Action": {action}, "Version": c.form["Version"]}
	maps.Copy(other.form, params)
	return &other
}

func byFilter(filter, id string) url.Values {
	if filter == "" {
		return nil
	}
	return url.Values{"Filter.1.Name": {filter}, "Filter.1.Value.1": {id}}
}

// paramsFor returns the parameters for a read of the call's subject, or nil if one is missing.
func (c *call) paramsFor(r read) url.Values {
	out := url.Values{}
	for _, param := range r.params {
		if !c.form.Has(param) {
			return nil
		}
		out[param] = c.form[param]
	}
	maps.Copy(out, r.fixed)
	return out
}

// readParams returns the parameters that are equal for two reads of the same thing.
func readParams(form url.Values) string {
	compared := url.Values{}
	for param, values := range form {
		if param != "MaxItems" && param != "MaxResults" && param != "Version" {
			compared[param] = values
		}
	}
	return compared.Encode()
}

// withPictures answers a read as before the mutations with a delay. It applies the
// oldest picture last, so that the oldest state is shown.
func (s *sight) withPictures(c *call, a *answer) *answer {
	for _, p := range slices.Backward(s.stale) {
		switch {
		case p.account != c.identity.account() || p.region != c.region || p.action != c.action:
		case p.form == readParams(c.form), p.onlyNamedIn(c):
			a = p.answer
		case p.path != "" && a.ok():
			a = p.rowsInto(a)
		}
	}
	return a
}

// onlyNamedIn reports whether the id is the only parameter of a read. A Describe of
// a deleted resource has no row to replace.
func (p *picture) onlyNamedIn(c *call) bool {
	return p.path != "" && len(c.form) == 3 && c.form.Has("Version") && c.names(p.id)
}

// rowsInto replaces the current rows by those of the picture.
func (p *picture) rowsInto(a *answer) *answer {
	var old bytes.Buffer
	for _, r := range rowsOf(p.answer.body) {
		if r.has(p.path, p.id) {
			old.Write(p.answer.body[r.start:r.end])
		}
	}
	placed := false
	return replaceRows(a, func(r row) []byte {
		switch {
		case !r.has(p.path, p.id):
			return nil
		case placed:
			return []byte{}
		}
		placed = true
		return append([]byte{}, old.Bytes()...)
	})
}
