#!/usr/bin/env bash
# Times the read side of niks3-server: narinfos beside a constant route of the same server, NARs beside nginx, and both
# at once on an S3 service. Shows how much memory the server took at most.
#
# usage: Benchmarks/read.sh PROGRAMS [ROW…]
#
# PROGRAMS is the directory with niks3 and niks3-server (make build). It needs wrk and nginx (apt-get install
# --no-install-recommends wrk nginx-light); rows for which one is missing are skipped. The rows, all unless some are
# named:
#   narinfo   narinfos that are in memory, beside GET /health, both by wrk over the same connections
#   nar       one NAR of 1 GB in a data directory, beside nginx that sends the same file
#   together  CONNECTIONS readers of narinfos and READERS of NARs of 1 GB for SECONDS, on a Ceph RADOS Gateway
# ROUNDS is how often each is timed; the best counts.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/read.sh PROGRAMS [ROW...]}" && pwd)
shift
source "$(dirname "$0")/rows.sh"
select_rows "narinfo nar together" "$@"
seconds=${SECONDS_OF_LOAD:-60}
connections=${CONNECTIONS:-500}
readers=${READERS:-50}
size=${NAR_SIZE:-1000000000}
source "$(dirname "$0")/server.sh"

# Keys that no other number gives.
hash() { printf '%032d' "$1"; }
nar_key="nar/$(printf '%052d' 1).nar"

narinfo() { # NUMBER
    cat <<NARINFO
StorePath: /nix/store/$(hash "$1")-package-$1
URL: nar/$(printf '%052d' "$1").nar.zst
Compression: zstd
NarHash: sha256:$(printf '%052d' "$1")
NarSize: 123456
References: $(hash "$1")-package-$1 $(hash 7)-glibc-2.40 $(hash 8)-bash-5.2 $(hash 9)-openssl-3.0.15
Deriver: $(hash 6)-package-$1.drv
Sig: cache.example.org-1:$(head -c 64 /dev/zero | base64 --wrap 0)
NARINFO
}

# A bucket with narinfos and a NAR, and a server that serves them.
fill_bucket() { # NAME
    make_bucket "$1"
    for number in $(seq 100 199); do
        narinfo "$number" >"$work/narinfo"
        s3 --output /dev/null --upload-file "$work/narinfo" --header 'Content-Type: text/x-nix-narinfo' \
            "$endpoint/$1/$(hash "$number").narinfo"
    done
    if [ "${2:-}" = nar ]; then
        make_file "$work/nar"
        s3 --output /dev/null --upload-file "$work/nar" "$endpoint/$1/$nar_key"
        rm "$work/nar"
    fi
    start_server "$1" "$database" --enable-read-proxy
}

# Bytes that do not compress.
make_file() { # PATH
    head -c "$size" /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000000 \
        -iv 00000000000000000000000000000000 >"$1"
}

memory() { awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status"; }

# Asks for narinfos one after the other, over each connection, and counts what was not 200.
cat >"$work/narinfos.lua" <<'LUA'
local number = 100
function request()
    number = number == 199 and 100 or number + 1
    return wrk.format("GET", string.format("/%032d.narinfo", number))
end
function done(summary, latency, requests)
    io.write(string.format("failed %d\n", summary.errors.status + summary.errors.connect + summary.errors.read
        + summary.errors.write + summary.errors.timeout))
end
LUA

rate() { awk '/Requests\/sec/ { print $2 }' "$1"; }

bench_narinfo() {
    local work_name="narinfos from memory, a constant route" round
    command -v wrk >/dev/null || { row_skipped narinfo "$work_name" '>=0.6' 'install wrk'; return; }
    fill_bucket narinfos
    wrk --threads 1 --connections 50 --duration 2s --script "$work/narinfos.lua" "$url" >/dev/null
    for ((round = 1; round <= rounds; round++)); do
        wrk --threads 1 --connections 50 --duration 5s "$url/health" >"$work/constant"
        wrk --threads 1 --connections 50 --duration 5s --script "$work/narinfos.lua" "$url" >"$work/narinfos"
        grep -qx 'failed 0' "$work/narinfos" || { cat "$work/narinfos" >&2; exit 1; }
        rate "$work/narinfos" >>"$work/ours"
        rate "$work/constant" >>"$work/theirs"
    done
    row_rates narinfo "$work_name" /s '>=0.6' "server at most $(memory) MiB"
    stop_server
}

# How many bytes a second curl gets, in MB.
fetch() { # URL
    curl --silent --fail --output /dev/null --write-out '%{speed_download}\n' "$1" | awk '{ printf "%.0f\n", $1 / 1e6 }'
}

# Puts a file into a data directory as a client does, in parts; an upload that is not completed is enough to read it.
upload_to_directory() { # FILE
    local answer part=0 part_size=$((64 << 20)) etags='' id address
    answer=$(curl --silent --fail --header "Authorization: Bearer $token" --data-binary "{
        \"closure\":\"$(hash 1).narinfo\",\"objects\":[{\"key\":\"$(hash 1).narinfo\",\"type\":\"narinfo\",
        \"refs\":[\"$nar_key\"]},{\"key\":\"$nar_key\",\"type\":\"nar\",\"nar_size\":$size}]}" \
        "$url/api/pending_closures")
    id=$(grep -o '"upload_id":"[^"]*"' <<<"$answer" | cut -d'"' -f4)
    grep -o "$url/.store/[^\"]*partNumber[^\"]*" <<<"${answer//\\u0026/&}" >"$work/addresses"
    while [ $((part * part_size)) -lt "$size" ]; do
        address=$(sed -n "$((part + 1))p" "$work/addresses")
        tail -c "+$((part * part_size + 1))" "$1" | head -c "$part_size" >"$work/part" || true
        etags+="${etags:+,}{\"part_number\":$((part + 1)),\"etag\":\"$(curl --silent --fail --dump-header - --output \
            /dev/null --upload-file "$work/part" "$address" | tr -d '\r"' | awk 'tolower($1) == "etag:" { print $2 }')\"}"
        part=$((part + 1))
    done
    rm "$work/part"
    curl --silent --fail --header "Authorization: Bearer $token" --data-binary \
        "{\"object_key\":\"$nar_key\",\"upload_id\":\"$id\",\"parts\":[$etags]}" "$url/api/multipart/complete"
}

bench_nar() {
    local work_name="a NAR of 1 GB, nginx" port round nginx small
    command -v nginx >/dev/null || { row_skipped nar "$work_name" '>=0.5' 'install nginx-light'; return; }
    mkdir "$work/www" "$work/nginx"
    chmod 755 "$work/www"
    make_file "$work/www/nar"
    start_embedded_server "$work/data"
    upload_to_directory "$work/www/nar"
    port=$((20000 + RANDOM % 10000))
    cat >"$work/nginx/nginx.conf" <<NGINX
worker_processes 1;
pid $work/nginx/pid;
error_log $work/nginx/error.log;
events { }
http {
    access_log off;
    sendfile on;
    client_body_temp_path $work/nginx/body; proxy_temp_path $work/nginx/proxy; fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi; scgi_temp_path $work/nginx/scgi;
    server { listen 127.0.0.1:$port; root $work/www; }
}
NGINX
    nginx -c "$work/nginx/nginx.conf" -g 'daemon off; user root;' 2>/dev/null &
    nginx=$!
    sleep 1
    fetch "$url/$nar_key" >/dev/null
    small=$(memory)
    for ((round = 1; round <= rounds; round++)); do
        fetch "$url/$nar_key" >>"$work/ours"
        fetch "http://127.0.0.1:$port/nar" >>"$work/theirs"
    done
    kill -QUIT "$nginx"
    wait "$nginx" || true
    row_rates nar "$work_name" MB/s '>=0.5' "server at most $(memory) MiB, $small after the first"
    stop_server
    rm -rf "$work/www" "$work/data"
}

bench_together() {
    local work_name="$connections readers of narinfos, and $readers of NARs of 1 GB, on S3"
    local before reader pids=() bytes failed=0 end
    command -v wrk >/dev/null || { row_skipped together "$work_name" '' 'install wrk'; return; }
    fill_bucket together nar
    before=$(memory)
    : >"$work/bytes"
    end=$(($(date +%s) + seconds))
    for reader in $(seq "$readers"); do
        (
            while left=$((end - $(date +%s))); [ "$left" -gt 0 ]; do
                # A reader that is cut off by the end of the time has not failed (28).
                curl --silent --fail --output /dev/null --max-time "$left" --write-out '%{size_download}\n' \
                    "$url/$nar_key" >>"$work/bytes.$reader" || [ $? -eq 28 ] || exit 1
            done
        ) &
        pids+=($!)
    done
    wrk --threads 1 --connections "$connections" --duration "${seconds}s" --timeout 30s \
        --script "$work/narinfos.lua" "$url" >"$work/narinfos"
    for reader in "${pids[@]}"; do wait "$reader" || failed=$((failed + 1)); done
    grep -qx 'failed 0' "$work/narinfos" || { cat "$work/narinfos" >&2; exit 1; }
    [ "$failed" -eq 0 ] || { echo "read.sh: $failed readers of NARs failed" >&2; exit 1; }
    bytes=$(cat "$work"/bytes.* | awk '{ sum += $1 } END { printf "%.0f", sum }')
    row_value together "$work_name" "$(rate "$work/narinfos" | cut -d. -f1)" /s '' \
        "and $((bytes / seconds / 1000000)) MB/s, no error, server at most $(memory) MiB, $before before"
    stop_server
}

for name in "${selected[@]}"; do
    new_row
    "bench_$name"
done
