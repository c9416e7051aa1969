package main

import (
	"bytes"
	databasesql "database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/schema"
	postgresschema "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/schema/sqlite"
)

// The two databases on PostgreSQL, and the number of history shards there, as in production. The
// number is permanent for a database.
const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
	postgresShards     = 512
)

// postgresConfig returns the settings for one database on the server of the options.
func postgresConfig(o options, database string) (*config.SQL, error) {
	password, err := os.ReadFile(o.postgresPassword)
	if err != nil {
		return nil, fmt.Errorf("reading PostgreSQL's password: %w", err)
	}
	return &config.SQL{
		PluginName: postgresql.PluginName, DatabaseName: database, ConnectAddr: o.postgres, ConnectProtocol: "tcp",
		User: superuser, Password: strings.TrimSpace(string(password)), MaxConns: 20, MaxIdleConns: 20,
	}, nil
}

func postgresStores(o options) (stores, error) {
	main, err := postgresConfig(o, mainDatabase)
	if err != nil {
		return stores{}, err
	}
	visibility, err := postgresConfig(o, visibilityDatabase)
	return stores{main: main, visibility: visibility, shards: postgresShards}, err
}

// preparePostgres creates missing databases with their schema, and the namespace.
func preparePostgres(o options, s stores) error {
	server, err := awaitPostgres(o, time.Minute)
	if err != nil {
		return err
	}
	defer server.Close()
	for _, d := range []struct {
		sql             *config.SQL
		folder, version string
	}{
		{s.main, "postgresql/v12/temporal", postgresschema.Version},
		{s.visibility, "postgresql/v12/visibility", postgresschema.VisibilityVersion},
	} {
		if err := setUpDatabase(server, d.sql, d.folder, d.version); err != nil {
			return fmt.Errorf("setting up the database %s: %w", d.sql.DatabaseName, err)
		}
	}
	ns, err := sqlite.NewNamespaceConfig("active", o.namespace, false, o.searchAttributes)
	if err != nil {
		return err
	}
	return sqlite.CreateNamespaces(s.main, ns) // for every SQL plugin, in spite of its package
}

// setUpDatabase creates a database with its schema. It writes the version of the schema last, so a database
// without a version is incomplete, and its schema is created again. If the version cannot be read for another
// reason, the data stays. A database with a version stays as it is: nothing migrates it.
func setUpDatabase(server sqlplugin.AdminDB, to *config.SQL, folder, version string) error {
	if err := server.CreateDatabase(to.DatabaseName); err != nil && !strings.Contains(err.Error(), "already exists") {
		return err
	}
	db, err := admin(to)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ReadSchemaVersion(to.DatabaseName)
	if err == nil {
		return nil
	}
	if !errors.Is(err, databasesql.ErrNoRows) && !strings.Contains(err.Error(), `relation "schema_version" does not exist`) {
		return fmt.Errorf("reading the version of the schema: %w", err)
	}
	for _, statement := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public"} {
		if err := db.Exec(statement); err != nil {
			return fmt.Errorf("dropping an incomplete schema: %w", err)
		}
	}
	raw, err := fs.ReadFile(schema.Assets(), folder+"/schema.sql")
	if err != nil {
		return err
	}
	statements, err := persistence.LoadAndSplitQueryFromReaders([]io.Reader{bytes.NewReader(raw)})
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if err := db.Exec(statement); err != nil {
			return fmt.Errorf("executing %q: %w", statement, err)
		}
	}
	if err := db.CreateSchemaVersionTables(); err != nil {
		return err
	}
	return db.UpdateSchemaVersion(to.DatabaseName, version, version)
}

func admin(sqlConfig *config.SQL) (sqlplugin.AdminDB, error) {
	return sql.NewSQLAdminDB(sqlplugin.DbKindUnknown, sqlConfig, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
}

// awaitPostgres connects to the server's own database. After a kill, PostgreSQL refuses
// connections until it has read its log.
func awaitPostgres(o options, limit time.Duration) (sqlplugin.AdminDB, error) {
	cfg, err := postgresConfig(o, "postgres")
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		db, err := admin(cfg)
		if err == nil {
			if err = db.Exec("SELECT 1"); err == nil { // the first use connects
				return db, nil
			}
			_ = db.Close()
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("connecting to PostgreSQL on %s: %w", o.postgres, err)
		}
	}
}
