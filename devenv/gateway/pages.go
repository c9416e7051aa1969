package gateway

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tack-dev/tack/devenv/gateway/awsmodel"
)

// FaultPages limits the pages of a paginated list to Items items. Before each page
// with items comes an empty page with a token, as AWS may answer a list with
// filters.
const FaultPages Fault = "pages"

// paged reports whether the call is a list that AWS paginates.
func (c *call) paged() bool {
	list := strings.HasPrefix(c.action, "List") || c.service == serviceEC2 && (strings.HasPrefix(c.action, "Describe") || strings.HasPrefix(c.action, "Get"))
	return list && (awsmodel.Takes(c.service, c.action, "NextToken") || awsmodel.Takes(c.service, c.action, "Marker"))
}

// page is the part of a list that a call requests.
type page struct {
	number int
	items  int // on a page; 0: the rule has ended, and the rest comes in one page
}

// pageToken begins the tokens of the gateway's pages. The number of the page
// follows.
const pageToken = "gateway-page"

// takePage removes the requested page from the request and returns it, because moto must answer the
// whole list. Without the fault it returns nil, and moto handles the page.
func (c *call) takePage(lasting []*activeRule) *page {
	at := slices.IndexFunc(lasting, func(r *activeRule) bool { return r.fault() == FaultPages })
	token := c.form.Get("NextToken") + c.form.Get("Marker")
	number, ours := strings.CutPrefix(token, pageToken)
	if !c.paged() || at < 0 && !ours {
		return nil
	}
	p := &page{}
	if ours {
		p.number, _ = strconv.Atoi(number)
	}
	if at >= 0 {
		p.items = max(lasting[at].spec.Items, 1)
	}
	for _, param := range []string{"NextToken", "MaxResults", "Marker", "MaxItems"} {
		c.form.Del(param)
	}
	return p
}

// ends matches the elements that announce further pages.
var ends = regexp.MustCompile(`<(nextToken|Marker|IsTruncated)>[^<]*</(nextToken|Marker|IsTruncated)>|<(nextToken|Marker|IsTruncated)\s*/>`)

// of returns the page of the complete list in a. Pages with an even number are
// empty.
func (p *page) of(c *call, a *answer) *answer {
	if p == nil || !a.ok() {
		return a
	}
	all := len(rowsOf(a.body))
	first, last := p.number/2*p.items, p.number/2*p.items
	if p.number%2 == 1 {
		last = min(first+p.items, all)
	}
	if p.items == 0 {
		first, last = 0, all // without the rule, the number of earlier items is unknown
	}
	at := -1
	cut := *replaceRows(a, func(row) []byte {
		at++
		if at >= first && at < last {
			return nil
		}
		return []byte{}
	})
	more := p.items > 0 && (p.number%2 == 0 || last < all)
	cut.body = c.ended(ends.ReplaceAll(cut.body, nil), more, pageToken+strconv.Itoa(p.number+1))
	return &cut
}

// ended adds whether there is another page, and the token of that page.
func (c *call) ended(body []byte, more bool, token string) []byte {
	end, says := "</"+c.action+"Response>", fmt.Sprintf("<nextToken>%s</nextToken>", token)
	if c.service == serviceIAM {
		end, says = "</"+c.action+"Result>", fmt.Sprintf("<IsTruncated>true</IsTruncated><Marker>%s</Marker>", token)
	}
	if !more {
		says = map[bool]string{true: "<IsTruncated>false</IsTruncated>"}[c.service == serviceIAM]
	}
	at := bytes.LastIndex(body, []byte(end))
	if at < 0 {
		return body
	}
	return slices.Concat(body[:at], []byte(says), body[at:])
}
