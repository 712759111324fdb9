# shellcheck shell=bash disable=SC2154 # each part sets $programs
# To be sourced by the benchmarks of whole programs: PostgreSQL, an S3 service, and niks3-server on both.
#
# It wants $programs, the directory with the programs, and gives $work, a directory that is removed at the end.

services=$(cd "$(dirname "${BASH_SOURCE[0]}")/../scripts/services" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
chmod 755 "$work"
server=

finish() {
    if [ -n "$server" ]; then kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi
    "$services/postgres" stop "$work/db" 2>/dev/null || true
    "$services/s3" stop "$work/s3" 2>/dev/null || true
    # The directories of a store are read-only.
    chmod -R u+w "$work" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

database=$("$services/postgres" start "$work/db" $$)
endpoint=$("$services/s3" start "$work/s3" $$)
export PGOPTIONS='--client-min-messages=warning'
query() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$database" "$@"; }

# A signed request to the S3 service.
s3() { # CURL-ARGUMENTS…
    curl --silent --show-error --fail --aws-sigv4 aws:amz:us-east-1:s3 --user testaccesskey:testsecretkey \
        --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@"
}

make_bucket() { # NAME
    s3 --output /dev/null --request PUT "$endpoint/$1"
}

token=$(printf 'benchmark%.0s' 1 2 3 4 5)
start_server() { # BUCKET DATABASE [FLAG…]
    "$programs/niks3-server" --db "$2" --http-addr 127.0.0.1:0 --api-token "$token" \
        --s3-endpoint "${endpoint#http://}" --s3-use-ssl=false --s3-bucket "$1" --s3-region us-east-1 \
        --s3-access-key testaccesskey --s3-secret-key testsecretkey "${@:3}" >"$work/server.log" 2>&1 &
    wait_for_server
}

# A server that keeps everything in a directory.
start_embedded_server() { # DIRECTORY [FLAG…]
    "$programs/niks3-server" --data-dir "$1" --http-addr 127.0.0.1:0 --api-token "$token" "${@:2}" \
        >"$work/server.log" 2>&1 &
    wait_for_server
}

wait_for_server() {
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
