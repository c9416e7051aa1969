package ec2

// without returns those of all that are not among others, each once: what to add, or what to remove.
func without(all, others []string) (rest []string) {
	seen := map[string]bool{}
	for _, id := range others {
		seen[id] = true
	}
	for _, id := range all {
		if !seen[id] {
			rest, seen[id] = append(rest, id), true
		}
	}
	return rest
}
