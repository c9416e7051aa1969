package finding

// List collects what AWS would refuse about a spec. The zero value is empty.
type List struct{ All []Finding }

// Add adds a finding about a field, with AWS's answer to it.
func (l *List) Add(path string, answer Answer, format string, args ...any) {
	l.All = append(l.All, New(path, answer, format, args...))
}
