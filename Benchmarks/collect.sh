#!/usr/bin/env bash
# Times the plan of a collection (a dry run) over many objects in PostgreSQL, loading included, and shows how much
# memory the server took at most.
#
# usage: Benchmarks/collect.sh PROGRAMS [OBJECTS…]
#
# PROGRAMS is the directory with niks3-server (make build). Without OBJECTS it takes 1,000,000. A larger number after
# the first is compared with it: the time is to grow no faster than the number, with a fifth of leeway. Each object
# refers to five others; one in ten is a root, and a third of the roots is too old. ROUNDS is how often each size is
# timed; the best counts.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/collect.sh PROGRAMS [OBJECTS...]}" && pwd)
shift
[ $# -gt 0 ] || set -- 1000000
source "$(dirname "$0")/rows.sh"
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

# How long a dry run takes, in milliseconds.
plan() {
    local time
    time=$(curl --silent --fail --show-error --output "$work/answer" --write-out '%{time_total}' --request DELETE \
        --header "Authorization: Bearer $token" "$url/api/closures?dry_run=true&older-than=720h")
    grep -q "\"old_closures_deleted\":$((objects / 30))" "$work/answer" || {
        echo "collect.sh: the plan is not what the rows ask for: $(cat "$work/answer")" >&2
        exit 1
    }
    awk -v time="$time" 'BEGIN { printf "%.0f\n", time * 1000 }'
}

# How long PostgreSQL takes to find what the kept roots reach by itself, in milliseconds.
recursive() {
    local start end
    start=$(date +%s%N)
    query --command "
        WITH RECURSIVE reached (id) AS (
            SELECT object_id FROM niks3.closures WHERE updated_at > 0
            UNION
            SELECT unnest(o.refs) FROM reached AS r JOIN niks3.objects AS o ON o.id = r.id
        ) SELECT count(*) FROM reached" >"$work/reached"
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

first=
for objects in "$@"; do
    new_row
    start_server bench "$database"
    fill "$objects"
    for ((round = 1; round <= rounds; round++)); do
        plan >>"$work/ours"
        if [ -z "$first" ]; then recursive >>"$work/theirs"; fi
    done
    best=$(shortest_of ours)
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
    stop_server
    if [ -n "$first" ]; then
        row_growth plan-growth "plan over $objects objects beside $first_objects" "$best" "$first" \
            $((objects / first_objects)) "server at most $peak MiB"
        continue
    fi
    first=$best
    first_objects=$objects
    row_value "plan" "plan over $objects objects and $((5 * objects)) references" "$best" ms '<=2000' \
        "a recursive query in PostgreSQL: $(shortest_of theirs) ms"
    row_value "plan-memory" "the same, resident memory of the server" "$peak" MiB '<=200'
done
