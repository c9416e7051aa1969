// Package windows holds the times for which an empty or missing answer of AWS proves nothing.
package windows

import "time"

// Windows are the times that AWS's eventual consistency and a dead worker's last request may take.
type Windows struct {
	// Resend is how long after an unclear create an earlier sender may be alive. It is longer than
	// an attempt of the activity (15 s), which is longer than an HTTP call (10 s).
	Resend time.Duration
	// LookUp is how long a resource without natural key must remain invisible before it counts as
	// not created.
	LookUp time.Duration
	// Visible is how long a read may miss a new resource although it exists.
	Visible time.Duration
	// Delay is how long a request that was given up as lost may still arrive: AWS refuses it once
	// its signature is too old.
	Delay time.Duration
}

// Default returns windows that follow AWS's behavior. Tags and ids of new resources are
// usually visible within seconds; AWS documents up to some minutes.
func Default() Windows {
	return Windows{Resend: 30 * time.Second, LookUp: time.Minute, Visible: 2 * time.Minute, Delay: 15 * time.Minute}
}

// Search returns how long a resource must remain invisible before an unclear create counts as not sent.
func (w Windows) Search(naturalKey bool) time.Duration {
	if naturalKey {
		return w.Resend
	}
	return max(w.Resend, w.LookUp)
}
