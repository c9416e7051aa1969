package shape

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	type volume struct {
		Name *string `json:"name,omitempty"`
		Size *int64  `json:"size,omitempty"`
		Kept *bool   `json:"kept,omitempty"`
	}
	type data struct {
		Image   *string   `json:"image,omitempty"`
		Tenancy *string   `json:"tenancy,omitempty"`
		Groups  []*string `json:"groups,omitempty"`
		Volumes []*volume `json:"volumes,omitempty"`
		Volume  *volume   `json:"volume,omitempty"`
	}
	c := Comparing(`{"tenancy": "default", "volumes": {"size": 8}, "volume": {"kept": false}}`, func(field, value string) string {
		if field == "image" {
			return strings.ToLower(value)
		}
		return value
	})
	for name, test := range map[string]struct {
		want, got      data
		other, surplus []string
	}{
		"nothing":                {},
		"equal in another form":  {want: data{Image: new("A")}, got: data{Image: new("a")}},
		"another value":          {want: data{Image: new("A"), Tenancy: new("Host")}, got: data{Image: new("b"), Tenancy: new("host")}, other: []string{"data.image", "data.tenancy"}},
		"filled in":              {got: data{Tenancy: new("default"), Volume: &volume{Kept: new(false)}}},
		"not AWS's default":      {got: data{Tenancy: new("host"), Volume: &volume{Kept: new(true)}}, surplus: []string{"data.tenancy", "data.volume.kept"}},
		"a default not shown":    {want: data{Tenancy: new("default")}, other: []string{"data.tenancy"}},
		"a number and its flag":  {want: data{Volume: &volume{Size: new(int64(9))}}, got: data{Volume: &volume{Size: new(int64(8)), Kept: new(false)}}, other: []string{"data.volume.size"}},
		"empty texts and values": {want: data{Image: new(""), Volume: &volume{}}},
		"lists in another order": {want: data{Groups: []*string{new("a"), new("b")}}, got: data{Groups: []*string{new("b"), new("a")}}},
		"one item twice":         {want: data{Groups: []*string{new("a"), new("a")}}, got: data{Groups: []*string{new("a"), new("b")}}, other: []string{"data.groups"}},
		"an item more":           {want: data{Groups: []*string{new("a")}}, got: data{Groups: []*string{new("a"), new("b")}}, other: []string{"data.groups"}},
		"a list that left":       {got: data{Groups: []*string{new("a")}}, surplus: []string{"data.groups"}},
		"items that AWS filled":  {want: data{Volumes: []*volume{{Name: new("b")}, {Name: new("a")}}}, got: data{Volumes: []*volume{{Name: new("a"), Size: new(int64(8))}, {Name: new("b")}}}},
		"an item that differs":   {want: data{Volumes: []*volume{{Name: new("a")}}}, got: data{Volumes: []*volume{{Name: new("a"), Size: new(int64(9))}}}, other: []string{"data.volumes"}},
	} {
		other, surplus := c.Differences("data", test.want, test.got)
		if diff := cmp.Diff([][]string{test.other, test.surplus}, [][]string{other, surplus}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
