package stack

import "strconv"

// Values of Options.TemporalDB.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
)

// postgres runs the installed PostgreSQL through our Temporal program, which creates the databases'
// folder and gives up root first. The part's name is its folder, too.
func (l layout) postgres() spec {
	port := l.ports[Postgres]
	return l.part(Postgres, Temporal, "tcp://"+address(port), "postgres", "--dir", l.data(Postgres), "--port", strconv.Itoa(port))
}

// temporalDB returns Temporal's arguments for its database.
func (l layout) temporalDB() []string {
	if l.options.TemporalDB == onPostgres {
		return []string{"--postgres", address(l.ports[Postgres]), "--postgres-password", l.data(Postgres, "password")}
	}
	return []string{"--db-filename", l.data("temporal-" + l.temporalVersion + ".db")}
}
