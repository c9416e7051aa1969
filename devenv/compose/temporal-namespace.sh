#!/bin/sh
# Creates the namespace TEMPORAL_NAMESPACE, unless it exists. It retries, because the
# frontend listens before it can answer.
set -eu

attempt=0
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
	temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"; do
	attempt=$((attempt + 1))
	if [ "$attempt" -ge 30 ]; then
		echo "creating namespace $TEMPORAL_NAMESPACE: still failing after $attempt attempts" >&2
		exit 1
	fi
	sleep 2
done
