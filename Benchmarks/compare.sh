#!/usr/bin/env bash
# Times NarKit beside the tools that do the same, in turns, and prints the ratios: 2.0 means twice their speed.
#
# usage: Benchmarks/compare.sh [MANY-SMALL-FILES [LARGE-FILES]]
#
# The first argument is a tree of many small files (/usr/include), the second one of a few large files (made of
# the big programs that are there). NAR_BENCH may name the program, otherwise it is built. ROUNDS is how often each is
# timed.
set -euo pipefail
cd "$(dirname "$0")"

small=${1:-/usr/include}
rounds=${ROUNDS:-5}
work=$(mktemp -d)
# What is restored goes to memory where there is such a place, so that no disk is timed.
restored=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work" "$restored"' EXIT

if [ -z "${NAR_BENCH:-}" ]; then
    swift build -c release --scratch-path .build --product nar-bench >&2
    NAR_BENCH=$(swift build -c release --scratch-path .build --show-bin-path)/nar-bench
fi

large=${2:-$work/large}
if [ $# -lt 2 ]; then
    mkdir "$large"
    # The largest programs below 300 MiB: they stay in the page cache. Several names may lead to one program.
    { find -L /opt/swift/usr/bin /usr/bin -maxdepth 1 -type f -size -300M -printf '%s %p\n' 2>/dev/null || true; } |
        sort -rn | awk '!seen[$1]++ && ++count <= 3 { print $2 }' | xargs -d '\n' cp -Lt "$large"
fi

microseconds() { # COMMAND: how long it takes, once
    local start end
    start=$(date +%s%N)
    bash -c "$1" >"$work/output" 2>/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000))
}

compare() { # NAME OURS THEIRS [BEFORE-EACH]
    local name=$1 ours=$2 theirs=$3 before=${4:-:} round
    : >"$work/ours"
    : >"$work/theirs"
    for ((round = 0; round < rounds; round++)); do
        eval "$before"
        microseconds "$ours" >>"$work/ours"
        eval "$before"
        microseconds "$theirs" >>"$work/theirs"
    done
    eval "$before"
    # The fastest round is the one that others disturbed least.
    awk -v name="$name" -v ours="$(sort -n "$work/ours" | head -1)" -v theirs="$(sort -n "$work/theirs" | head -1)" \
        'BEGIN { printf "%-44s %8.0f ms %8.0f ms   %.2fx\n", name, ours / 1000, theirs / 1000, theirs / ours }'
}

nix-store --dump "$small" >"$work/small.nar"
nix-store --dump "$large" >"$work/large.nar"
remove="rm -rf '$restored/tree'"

printf '%-44s %11s %11s   %s\n' '' NarKit other speed
compare "many small files, nix-store --dump" "$NAR_BENCH dump $small >/dev/null" "nix-store --dump $small >/dev/null"
compare "large files, nix-store --dump" "$NAR_BENCH dump $large >/dev/null" "nix-store --dump $large >/dev/null"
compare "large, zstd -3 -T2" "$NAR_BENCH zstd $large >/dev/null" "zstd -3 -T2 -qc '$work/large.nar' >/dev/null"
compare "large, hashed too, zstd -3 -T2" "$NAR_BENCH zstd-hash $large >/dev/null" \
    "zstd -3 -T2 -qc '$work/large.nar' >/dev/null"
compare "many small, zstd -3 -T2" "$NAR_BENCH zstd $small >/dev/null" "zstd -3 -T2 -qc '$work/small.nar' >/dev/null"
compare "SHA-256 of a NAR, openssl dgst" "$NAR_BENCH sha256 '$work/large.nar'" "openssl dgst -sha256 '$work/large.nar'"
compare "restore many small, nix-store --restore" "$NAR_BENCH restore '$restored/tree' <'$work/small.nar'" \
    "nix-store --restore '$restored/tree' <'$work/small.nar'" "$remove"
compare "restore large, nix-store --restore" "$NAR_BENCH restore '$restored/tree' <'$work/large.nar'" \
    "nix-store --restore '$restored/tree' <'$work/large.nar'" "$remove"

printf 'compressed: NarKit %s bytes, zstd %s bytes\n' \
    "$("$NAR_BENCH" zstd "$large" | wc -c)" "$(zstd -3 -T2 -qc "$work/large.nar" | wc -c)"
