#!/usr/bin/env bash
# Times POST /api/pending_closures for many objects on PostgreSQL and S3, beside one COPY by psql of the same rows with
# their indexes, and shows how much memory the server took at most.
#
# usage: Benchmarks/create.sh PROGRAMS [OBJECTS…]
#
# PROGRAMS is the directory with niks3-server (make build). Without OBJECTS it takes 15,000 and 450,000. A third of the
# objects are narinfos that refer to ten others, a third NARs below 10 MiB, a third listings. A larger number is also
# compared with the first one: its time is to grow no faster than the number, with a fifth of leeway. ROUNDS is how
# often each size is timed, with keys of its own in a database that grows; the best counts.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/create.sh PROGRAMS [OBJECTS...]}" && pwd)
shift
[ $# -gt 0 ] || set -- 15000 450000
source "$(dirname "$0")/rows.sh"
source "$(dirname "$0")/server.sh"
make_bucket bench

# The body of a request with keys that no other seed gives.
body() { # OBJECTS SEED
    awk -v paths=$(($1 / 3)) -v seed="$2" '
        function digits(count, text) {
            text = ""
            while (length(text) < count) text = text sprintf("%08d", int(rand() * 100000000))
            return substr(text, 1, count)
        }
        BEGIN {
            srand(seed)
            for (i = 0; i < paths; i++) hash[i] = digits(32)
            printf "{\"closure\":\"%s.narinfo\",\"objects\":[", hash[0]
            for (i = 0; i < paths; i++) {
                nar = "nar/" digits(52) ".nar.zst"
                refs = sprintf("\"%s\",\"%s.ls\"", nar, hash[i])
                for (r = 1; r <= 8; r++) refs = refs sprintf(",\"%s.narinfo\"", hash[(i + r * 17) % paths])
                printf "%s{\"key\":\"%s.narinfo\",\"type\":\"narinfo\",\"refs\":[%s]},", i ? "," : "", hash[i], refs
                printf "{\"key\":\"%s\",\"type\":\"nar\",\"refs\":[],\"nar_size\":%d},", nar, 1 + i % 10000000
                printf "{\"key\":\"%s.ls\",\"type\":\"listing\",\"refs\":[]}", hash[i]
            }
            printf "]}"
        }'
}

# How long the creation of an upload takes, in milliseconds.
create() { # OBJECTS SEED
    body "$1" "$2" >"$work/body"
    local time
    time=$(curl --silent --fail --show-error --output "$work/answer" --write-out '%{time_total}' \
        --header "Authorization: Bearer $token" --header 'Expect:' --data-binary "@$work/body" \
        "$url/api/pending_closures")
    # All of them are to be uploaded, and the answer is whole.
    [ "$(grep -o '"type":' "$work/answer" | wc -l)" -eq "$1" ] && [ "$(tail -c 2 "$work/answer")" = '"}' ] || {
        echo "create.sh: the answer does not name $1 objects" >&2
        exit 1
    }
    awk -v time="$time" 'BEGIN { printf "%.0f\n", time * 1000 }'
}

# How long psql takes to copy the rows of the last upload into empty tables, in milliseconds.
copy() {
    query --command "
        DROP SCHEMA IF EXISTS bench CASCADE;
        CREATE SCHEMA bench;
        CREATE TABLE bench.objects (LIKE niks3.objects INCLUDING ALL);
        CREATE TABLE bench.claims (LIKE niks3.claims INCLUDING ALL);"
    query --command "COPY (SELECT o.* FROM niks3.objects AS o JOIN niks3.claims AS c ON c.object_id = o.id
        WHERE c.upload_id = (SELECT max(id) FROM niks3.uploads)) TO STDOUT" >"$work/objects"
    query --command "COPY (SELECT * FROM niks3.claims
        WHERE upload_id = (SELECT max(id) FROM niks3.uploads)) TO STDOUT" >"$work/claims"
    local start end
    start=$(date +%s%N)
    query --single-transaction --command "\\copy bench.objects FROM '$work/objects'" \
        --command "\\copy bench.claims FROM '$work/claims'"
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

first=
for objects in "$@"; do
    new_row
    # Each size has a server of its own, so that the memory is that of the size.
    start_server bench "$database"
    for ((round = 1; round <= rounds; round++)); do
        create "$objects" "$((objects + round))" >>"$work/ours"
        copy >>"$work/theirs"
    done
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
    answer=$(stat --format %s "$work/answer")
    stop_server
    best=$(shortest_of ours)
    row_times "create-$objects" "create an upload of $objects objects, COPY" '<=4' "server at most $peak MiB"
    if [ -z "$first" ]; then
        first=$best
        first_objects=$objects
        continue
    fi
    row_growth create-growth "the same beside $first_objects objects" "$best" "$first" $((objects / first_objects))
    row_value "create-memory" "the same, resident memory of the server" "$peak" MiB '<=500' \
        "answer of $((answer / 1048576)) MiB"
done
