package gateway

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// row is one entry of a list in an answer: an outermost <item> of EC2, or an
// outermost <member> of IAM.
type row struct {
	start, end int64
	// values are the texts in the row, by path: "vpcId", "tagSet/item/key".
	values map[string][]string
}

func (r row) has(path, value string) bool { return slices.Contains(r.values[path], value) }

// rowsOf returns the rows of an answer.
func rowsOf(body []byte) []row {
	var rows []row
	var current *row
	var path []string // inside the current row
	text := ""
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		at := d.InputOffset()
		token, err := d.Token()
		if err != nil {
			return rows
		}
		switch t := token.(type) {
		case xml.StartElement:
			text = ""
			switch {
			case current != nil:
				path = append(path, t.Name.Local)
			case t.Name.Local == "item" || t.Name.Local == "member":
				current = &row{start: at, values: map[string][]string{}}
			}
		case xml.CharData:
			text += string(t)
		case xml.EndElement:
			switch {
			case current == nil:
			case len(path) == 0:
				current.end = d.InputOffset()
				rows, current = append(rows, *current), nil
			default:
				if value := strings.TrimSpace(text); value != "" {
					key := strings.Join(path, "/")
					current.values[key] = append(current.values[key], value)
				}
				path, text = path[:len(path)-1], ""
			}
		}
	}
}

// replaceRows returns the answer with some rows replaced. An empty text removes a
// row, nil keeps it.
func replaceRows(a *answer, by func(row) []byte) *answer {
	var out bytes.Buffer
	last, changed := int64(0), false
	for _, r := range rowsOf(a.body) {
		text := by(r)
		if text == nil {
			continue
		}
		out.Write(a.body[last:r.start])
		out.Write(text)
		last, changed = r.end, true
	}
	if !changed {
		return a
	}
	out.Write(a.body[last:])
	other := *a
	other.body = out.Bytes()
	return &other
}
