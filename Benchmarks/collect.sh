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
source "$(dirname "$0")/server.sh"
make_bucket bench

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
    start_server bench "$database"
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
