package e2e

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// adviceOf returns an object's advisories by reason.
func adviceOf(u *unstructured.Unstructured) map[string]string {
	advice := map[string]string{}
	if u == nil {
		return advice
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, _ := c.(fields); c["type"] == string(corev1alpha1.ConditionTypeAdvisory) && c["status"] == "True" {
			reason, _ := c["reason"].(string)
			advice[reason], _ = c["message"].(string)
		}
	}
	return advice
}

// Tack applies a spec that AWS accepts even if the user may not mean it, and advises the user. It
// omits a tag without a key, and AWS ignores ports of all protocols. The advice disappears when the
// spec is corrected.
func TestAdvice(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	spec := groupSpec("web")
	spec["ingressRules"] = []any{fields{"ipProtocol": "-1", "fromPort": int64(443), "toPort": int64(443), "userIDGroupPairs": []any{fields{}}}}
	spec["tags"] = []any{fields{"key": "team", "value": "a"}, fields{"value": "of nothing"}}
	o := team.apply(t, "ec2.SecurityGroup", "web", spec)
	id := o.awaitSynced(t)
	advice := adviceOf(o.get(t))
	if len(advice) != 2 || !strings.HasPrefix(advice["TagWithoutKey"], "spec.tags[1]: ") || !strings.HasPrefix(advice["PortsIgnored"], "spec.ingressRules[0]: ") {
		t.Errorf("the advice is %q", advice)
	}
	if tags := ec2Tags(t, team.account, id); tags["team"] != "a" || len(tags) == 0 {
		t.Errorf("the tags are %v", tags)
	} else if _, there := tags[""]; there {
		t.Errorf("Tack sent the tag without key: %v", tags)
	}
	if group := w.groups(t, team.account)[0]; len(group.IpPermissions) != 1 || *group.IpPermissions[0].UserIdGroupPairs[0].GroupId != id {
		t.Errorf("the group allows %+v, want itself", group.IpPermissions)
	}
	o.wantQuiet(t, team)
	o.patch(t, `{"spec":{"tags":[{"key":"team","value":"a"}],"ingressRules":[{"ipProtocol":"-1","userIDGroupPairs":[{}]}]}}`)
	o.await(t, "synced without advice", soon, func(u *unstructured.Unstructured) bool {
		return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True" && len(adviceOf(u)) == 0
	})
	o.wantQuiet(t, team)
	deleteAll(t, o)
}
