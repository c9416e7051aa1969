package gateway

import (
	"slices"
	"testing"
)

// listedForAWhile checks that AWS lists a deleted one, and later finds it neither by its id nor by its tags.
func (l *lifeInEC2) listedForAWhile(t *testing.T) {
	t.Helper()
	if got := l.listed(t, "deleted", nil, l.one, l.other); len(got) != 2 {
		t.Errorf("after the delete, AWS lists %v", got)
	}
	l.a.stays(l.timed, "deleted", false)
	if got := l.listed(t, "after a while", nil, l.one, l.other); !slices.Equal(got, []string{l.other}) {
		t.Errorf("after a while, AWS lists %v", got)
	}
	l.refused(t, "one that AWS no longer lists", l.send(l.list, l.ids(l.one)), l.missingCode(&call{action: l.list}))
	if l.untagged {
		if got := l.send("DescribeTags", by("resource-id", l.one)); len(elements([]byte(got.body), "value")) > 0 {
			t.Errorf("its tags remain: %s", got.body)
		}
	} else if got := l.listed(t, "by tag", by("tag:k", "v"), l.one); len(got) > 0 {
		t.Errorf("by its tag, AWS finds %v", got)
	}
}
