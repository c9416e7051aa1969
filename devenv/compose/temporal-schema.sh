#!/bin/sh
# Creates Temporal's two databases and updates their schemas to the version of this
# image. It is idempotent. The tool reads the server's address from SQL_PLUGIN, SQL_HOST,
# SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu

for kind in temporal visibility; do
	database=temporal
	[ "$kind" = temporal ] || database=temporal_visibility
	temporal-sql-tool --database "$database" create-database
	temporal-sql-tool --database "$database" setup-schema --version 0.0
	temporal-sql-tool --database "$database" update-schema \
		--schema-dir "/etc/temporal/schema/postgresql/v12/$kind/versioned"
done
