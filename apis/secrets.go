package apis

// Secrets lists the fields of a kind's spec, by its Name, that may hold secrets
// although ACK takes them as plain text: dotted paths relative to the spec. Their
// values are never in clear in a history, a log, an event or a status, unless the
// operator accepts it.
func Secrets(kind string) []string {
	switch kind {
	case "ec2.Instance":
		return []string{"userData"}
	case "ec2.LaunchTemplate":
		return []string{"data.userData"}
	}
	return nil
}
