package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// imagePorts are the default ports of other projects' images.
var imagePorts = map[string]int{"postgres": 5432, "temporalio/server": 7233, "temporalio/ui": 8080}

var endsInPort = regexp.MustCompile(`(?:^|:)(\d+)$`)

// listens returns the port of a service by its flags or its image, or 0 if it has none.
func (c *Checker) listens(s types.ServiceConfig) int {
	image, _, _ := strings.Cut(s.Image, ":")
	if port := imagePorts[image]; port != 0 {
		return port
	}
	flag := listenFlags[c.program(s)]
	for _, a := range arguments(s.Command) {
		m := endsInPort.FindStringSubmatch(a.value)
		if flag != "" && a.name == flag && m != nil {
			port, _ := strconv.Atoi(m[1])
			return port
		}
	}
	return 0
}

// checkHealth checks that a health check uses the service's port on the container's own loopback.
// Every service that does not end needs a health check.
func (k *checking) checkHealth(s types.ServiceConfig) {
	listens := k.listens(s)
	if s.HealthCheck == nil || s.HealthCheck.Disable {
		if listens != 0 {
			k.find(s, "it listens on %d and has no health check", listens)
		}
		return
	}
	words := s.HealthCheck.Test
	if len(words) < 2 || words[0] != "CMD" {
		k.find(s, "its health check is not of the form CMD: %q", words)
		return
	}
	if s.Build != nil && target(s) != "moto" && words[1] != "curl" {
		k.find(s, "its health check runs %s: use curl, which our image has", words[1])
	}
	asked := askedPort(words[1:])
	if asked != listens {
		k.find(s, "its health check uses port %d, but it listens on %d", asked, listens)
	}
}

var loopbackPort = regexp.MustCompile(`://127\.0\.0\.1:(\d+)/`)

// askedPort returns the port in a loopback address, or the last word of a command that takes only a
// port.
func askedPort(words []string) int {
	for _, word := range words {
		if m := loopbackPort.FindStringSubmatch(word); m != nil {
			port, _ := strconv.Atoi(m[1])
			return port
		}
	}
	port, _ := strconv.Atoi(words[len(words)-1])
	if !slices.Contains(words, "127.0.0.1") {
		return 0
	}
	return port
}

func (k *checking) checkPublished(s types.ServiceConfig) {
	for _, p := range s.Ports {
		if p.HostIP != "127.0.0.1" {
			k.find(s, "port %s is open to other hosts: bind it to 127.0.0.1", p.Published)
		}
		if listens := k.listens(s); int(p.Target) != listens {
			k.find(s, "it publishes port %d, but it listens on %d", p.Target, listens)
		}
		if s.GetScale() > 1 {
			k.find(s, "its %d containers cannot share the port %s", s.GetScale(), p.Published)
		}
	}
}

func (k *checking) checkUniquePorts() {
	by := map[string]string{}
	for _, name := range k.project.ServiceNames() {
		s := k.project.Services[name]
		for _, p := range s.Ports {
			if other, taken := by[p.Published]; taken {
				k.find(s, "port %s is also published by %s", p.Published, other)
			}
			by[p.Published] = name
		}
	}
}

// aService matches host:port where the host is a name.
var aService = regexp.MustCompile(`(?:^|[/=,@])([a-z][a-z0-9.-]*):(\d{2,5})(?:$|[/,])`)

// checkReferences checks each address of another service. That service must listen there and start
// first, unless it waits for this one.
func (k *checking) checkReferences(s types.ServiceConfig) {
	texts := slices.Clone(s.Command)
	for _, name := range sortedKeys(s.Environment) {
		if value := s.Environment[name]; value != nil {
			texts = append(texts, *value)
		}
	}
	for _, text := range texts {
		for _, m := range aService.FindAllStringSubmatch(text, -1) {
			k.checkReference(s, m[1], m[2], text)
		}
	}
}

func (k *checking) checkReference(s types.ServiceConfig, host, port, text string) {
	other, ok := k.project.Services[host]
	switch {
	case !ok:
		k.find(s, "%q names %s, which is not a service", text, host)
	case strconv.Itoa(k.listens(other)) != port:
		k.find(s, "%q names port %s, but %s listens on %d", text, port, host, k.listens(other))
	case s.Name != host && !k.waitsFor(s.Name, host) && !k.waitsFor(host, s.Name):
		k.find(s, "%q names %s, for which it does not wait", text, host)
	}
}

func (k *checking) waitsFor(service, other string) bool {
	for name := range k.project.Services[service].DependsOn {
		if name == other || k.waitsFor(name, other) {
			return true
		}
	}
	return false
}
