#!/usr/bin/env bash
# Times the plan of a collection (a dry run) over many objects in PostgreSQL, loading included, and shows how much memory
# the server took at most.
#
# usage: Benchmarks/collect.sh PROGRAMS [OBJECTS…]
#
# PROGRAMS is the directory with niks3-server (make build). Without OBJECTS it takes 1,000,000. Each object refers to five
# others; one in ten is a root, and a third of the roots is too old. ROUNDS is how often each size is timed; the fastest
# time counts, as others disturbed it least.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/collect.sh PROGRAMS [OBJECTS...]}" && pwd)
shift
[ $# -gt 0 ] || set -- 1000000
services=$(cd "$(dirname "$0")/../scripts/services" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-collect-XXXXXX")
chmod 755 "$work"
server=

finish() {
    if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    "$services/postgres" stop "$work/db" 2>/dev/null || true
    "$services/s3" stop "$work/s3" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

database=$("$services/postgres" start "$work/db" $$)
endpoint=$("$services/s3" start "$work/s3" $$)
export PGOPTIONS='--client-min-messages=warning'
query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$database" "$@"; }

curl --silent --show-error --fail --output /dev/null --request PUT --aws-sigv4 aws:amz:us-east-1:s3 \
    --user testaccesskey:testsecretkey --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$endpoint/bench"

token=$(printf 'benchmark%.0s' 1 2 3 4 5)
start_server() {
    "$programs/niks3-server" --db "$database" --http-addr 127.0.0.1:0 --api-token "$token" \
        --s3-endpoint "${endpoint#http://}" --s3-use-ssl=false --s3-bucket bench --s3-region us-east-1 \
        --s3-access-key testaccesskey --s3-secret-key testsecretkey >"$work/server.log" 2>&1 &
    server=$!
    for _ in $(seq 200); do
        url=$(grep -om1 'http://127\.0\.0\.1:[1-9][0-9]*' "$work/server.log" || true)
        if [ -n "$url" ] && curl --silent --fail --output /dev/null "$url/readyz"; then return; fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/server.log" >&2
    exit 1
}

stop_server() {
    kill -TERM "$server"
    wait "$server" || true
    server=
}

# Fills the tables: object i refers to five others at distances that leave no part of the graph by itself.
fill() { # OBJECTS
    query --single-transaction --command "
        TRUNCATE niks3.objects, niks3.closures, niks3.extras, niks3.pins, niks3.claims, niks3.statistics CASCADE;
        INSERT INTO niks3.objects (id, key, state, size, refs)
        SELECT i, lpad(i::text, 32, '0') || '.narinfo', 1, 1000,
            ARRAY[(i + 1) % $1 + 1, (i * 7) % $1 + 1, (i * 31 + 5) % $1 + 1, (i + 1000) % $1 + 1, (i * 3) % $1 + 1]
        FROM generate_series(1, $1::bigint) AS i;
        INSERT INTO niks3.closures (key, object_id, updated_at)
        SELECT key, id, CASE WHEN id % 30 = 0 THEN 0 ELSE niks3.clock() END FROM niks3.objects WHERE id % 10 = 0;"
    query --command "VACUUM ANALYZE niks3.objects"
}

printf '%-10s %12s %12s %16s\n' objects references plan 'server at most'
for objects in "$@"; do
    start_server
    fill "$objects"
    best=
    for ((round = 1; round <= ${ROUNDS:-3}; round++)); do
        time=$(curl --silent --fail --show-error --output "$work/answer" --write-out '%{time_total}' --request DELETE \
            --header "Authorization: Bearer $token" "$url/api/closures?dry_run=true&older-than=720h")
        grep -q "\"old_closures_deleted\":$((objects / 30))" "$work/answer" || {
            echo "collect.sh: the plan is not what the rows ask for: $(cat "$work/answer")" >&2
            exit 1
        }
        best=$(awk -v best="${best:-$time}" -v time="$time" 'BEGIN { print (time < best) ? time : best }')
    done
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
    stop_server
    awk -v objects="$objects" -v best="$best" -v peak="$peak" 'BEGIN {
        printf "%-10d %12d %10.2f s %12d MiB\n", objects, objects * 5, best, peak
    }'
done
