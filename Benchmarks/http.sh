#!/usr/bin/env bash
# Times CurlKit beside `curl --parallel`, in turns: PUTs to a server on the loopback that only answers.
#
# usage: Benchmarks/http.sh [ROW…]
#
# The rows, both unless one is named:
#   puts    5,000 objects of 700 bytes, 30 at a time
#   parts   40 parts of 10 MiB, 8 at a time
# HTTP_BENCH may name the program, otherwise it is built. ROUNDS is how often each is timed; the best counts.
set -euo pipefail

source "$(dirname "$0")/rows.sh"
select_rows "puts parts" "$@"
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
sink=
finish() {
    if [ -n "$sink" ]; then kill "$sink" 2>/dev/null && wait "$sink" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT
bench=${HTTP_BENCH:-$(bench_program http-bench)}

"$bench" sink >"$work/port" &
sink=$!
for _ in $(seq 100); do [ ! -s "$work/port" ] || break; sleep 0.05; done
url=http://127.0.0.1:$(cat "$work/port")/

beside_curl() { # NAME WORK COUNT SIZE IN-FLIGHT TARGET
    head -c "$4" /dev/zero >"$work/body"
    # curl would ask before it sends a large body, which we do not.
    in_turns "$bench put $url $3 $4 $5" \
        "curl --silent --show-error --fail --parallel --parallel-max $5 --header 'Expect:' --upload-file '$work/body' \
            --output /dev/null '${url}[1-$3]'"
    row_times "$1" "$2" "$6" "$(awk -v count="$3" -v size="$4" '
        NR == 1 || $1 < best { best = $1 }
        END {
            if (size < 1e6) printf "%.0f requests/s", count / best * 1e3
            else printf "%.2f GB/s", count * size / best / 1e6
        }
    ' "$work/ours")"
}

for name in "${selected[@]}"; do
    case $name in
    puts) beside_curl puts "5,000 PUTs of 700 bytes, curl --parallel" 5000 700 30 '>=3' ;;
    parts) beside_curl parts "40 PUTs of 10 MiB, curl --parallel" 40 $((10 << 20)) 8 '>=2' ;;
    esac
done
