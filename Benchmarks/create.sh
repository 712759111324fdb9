#!/usr/bin/env bash
# Times POST /api/pending_closures for many objects on PostgreSQL and S3, beside one COPY by psql of the same rows with
# their indexes, and shows how much memory the server took at most.
#
# usage: Benchmarks/create.sh PROGRAMS [OBJECTS…]
#
# PROGRAMS is the directory with niks3-server (make build). Without OBJECTS it takes 15,000 and 450,000. A third of the
# objects are narinfos that refer to ten others, a third NARs below 10 MiB, a third listings. ROUNDS is how often each
# size is timed, with keys of its own in a database that grows; the fastest time counts, as others disturbed it least.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/create.sh PROGRAMS [OBJECTS...]}" && pwd)
shift
[ $# -gt 0 ] || set -- 15000 450000
services=$(cd "$(dirname "$0")/../scripts/services" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-create-XXXXXX")
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

fastest() { sort -n | head -1; }

printf '%-10s %10s %10s %8s %14s %14s\n' objects create COPY ratio 'server at most' answer
for objects in "$@"; do
    : >"$work/create-times"
    : >"$work/copy-times"
    # Each size has a server of its own, so that the memory is that of the size.
    start_server
    for ((round = 1; round <= ${ROUNDS:-3}; round++)); do
        create "$objects" "$((objects + round))" >>"$work/create-times"
        copy >>"$work/copy-times"
    done
    peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
    answer=$(stat --format %s "$work/answer")
    stop_server
    awk -v objects="$objects" -v ours="$(fastest <"$work/create-times")" -v theirs="$(fastest <"$work/copy-times")" \
        -v peak="$peak" -v answer="$answer" 'BEGIN {
            printf "%-10d %7d ms %7d ms %7.2fx %10d MiB %10d MiB\n", objects, ours, theirs, ours / theirs, peak,
                answer / 1048576
        }'
done
