package kube

import (
	"context"
	"fmt"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// shownReferrers limits the names of referring objects that an object shows.
const shownReferrers = 10

// named names objects for a person.
func named(refs []resource.Ref) (names []string) {
	for i, ref := range refs {
		if i == shownReferrers {
			return append(names, fmt.Sprintf("%d more", len(refs)-i))
		}
		names = append(names, ref.String())
	}
	return names
}

// unmoved returns the objects that refer to one and are not Synced with its present id. A deletion of the
// resource with the earlier id could break theirs.
func (a *Activities) unmoved(ctx context.Context, r kubeapi.Reader, of resource.Ref) (refs []resource.Ref, err error) {
	for _, ref := range a.referrers(of) {
		kind, served := apis.ByName(ref.Kind)
		if !served {
			continue // another controller's: AWS refuses a deletion that breaks its resource, or the object never uses it
		}
		l, err := level.Read(ctx, r, a.settings, kind, ref)
		if err != nil {
			return nil, err
		}
		if !l.Gone && l.ReportedState != resource.Synced {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}
