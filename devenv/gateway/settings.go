package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

func (t Throttling) validate() error {
	if t.Scale < 0 {
		return fmt.Errorf("reading the throttling: scale can't be negative")
	}
	return nil
}

// put handles a PUT of settings of one type.
func put[T any](set func(T), validate func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var v T
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			fail(w, http.StatusBadRequest, fmt.Sprintf("reading the settings: %v", err))
			return
		}
		if err := validate(v); err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		set(v)
		reply(w, http.StatusOK, v)
	}
}

// SetThrottling turns AWS's token buckets on or off.
func (c *Client) SetThrottling(ctx context.Context, t Throttling) error {
	return c.do(ctx, http.MethodPut, "/throttling", t, nil)
}
