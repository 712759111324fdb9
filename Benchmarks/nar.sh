#!/usr/bin/env bash
# Times NarKit beside the tools that do the same, in turns.
#
# usage: Benchmarks/nar.sh [ROW…]
#
# The rows, all unless some are named: dump-small dump-large zstd-small zstd-large zstd-size zstd-hash zstd-two sha256
# restore-small restore-large.
#
# SMALL names a tree of many small files (/usr/include), LARGE one of a few large files (made of the big programs that
# are there). NAR_BENCH may name the program, otherwise it is built. ROUNDS is how often each is timed; the best counts.
set -euo pipefail

source "$(dirname "$0")/rows.sh"
select_rows "dump-small dump-large zstd-small zstd-large zstd-size zstd-hash zstd-two sha256 restore-small \
restore-large" "$@"
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
# What is restored goes to memory where there is such a place, so that no disk is timed.
restored=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work" "$restored"' EXIT
bench=${NAR_BENCH:-$(bench_program nar-bench)}

small=${SMALL:-/usr/include}
large=${LARGE:-$work/large}
if [ -z "${LARGE:-}" ]; then
    mkdir "$large"
    # The largest programs below 300 MiB: they stay in the page cache. Several names may lead to one program.
    { find -L /opt/swift/usr/bin /usr/bin -maxdepth 1 -type f -size -300M -printf '%s %p\n' 2>/dev/null || true; } |
        sort -rn | awk '!seen[$1]++ && ++count <= 3 { print $2 }' | xargs -d '\n' cp -Lt "$large"
fi
small_nar=$work/small.nar
large_nar=$work/large.nar
nix-store --dump "$small" >"$small_nar"
nix-store --dump "$large" >"$large_nar"

dump() { # NAME WORK TREE TARGET
    in_turns "$bench dump '$3' >/dev/null" "nix-store --dump '$3' >/dev/null"
    row_times "$1" "$2" "$4"
}

zstd_beside() { # NAME WORK COMMAND NAR TARGET
    in_turns "$3 >/dev/null" "zstd -3 -T2 -qc $4 >/dev/null"
    row_times "$1" "$2" "$5"
}

restore() { # NAME WORK NAR TARGET
    in_turns "$bench restore '$restored/tree' <'$3'" "nix-store --restore '$restored/tree' <'$3'" \
        "rm -rf '$restored/tree'"
    row_times "$1" "$2" "$4"
}

zstd_size() {
    local ours theirs
    ours=$("$bench" zstd "$large" | wc -c)
    theirs=$(zstd -3 -T2 -qc "$large_nar" | wc -c)
    row zstd-size "size of large files at zstd level 3, zstd -T2" $((ours / 1000)) $((theirs / 1000)) kB \
        "$(awk -v ours="$ours" -v theirs="$theirs" 'BEGIN { printf "%.3f", ours / theirs }')" '<=1.0' '' ''
}

hash_file() {
    in_turns "$bench sha256 '$large_nar'" "openssl dgst -sha256 '$large_nar'"
    row_times sha256 "SHA-256 of a NAR, openssl dgst" '>=0.95'
}

single="$bench zstd-hash-single '$large' >/dev/null"
for name in "${selected[@]}"; do
    case $name in
    dump-small) dump "$name" "dump of many small files, nix-store --dump" "$small" '>=2.2' ;;
    dump-large) dump "$name" "dump of large files, nix-store --dump" "$large" '>=1.5' ;;
    zstd-small)
        zstd_beside "$name" "many small files, zstd -3 -T2 of the NAR" "$bench zstd '$small'" "'$small_nar'" '>=0.98'
        ;;
    zstd-large)
        zstd_beside "$name" "large files, zstd -3 -T2 of the NAR" "$bench zstd '$large'" "'$large_nar'" '>=0.98'
        ;;
    zstd-hash) zstd_beside "$name" "the same, hashed too" "$bench zstd-hash '$large'" "'$large_nar'" '>=0.9' ;;
    zstd-two)
        zstd_beside "$name" "two at once, hashed, a thread each" "{ $single & $single; wait \$!; }" \
            "'$large_nar' '$large_nar'" '>=1.0'
        ;;
    zstd-size) zstd_size ;;
    sha256) hash_file ;;
    restore-small) restore "$name" "restore many small files, nix-store --restore" "$small_nar" '>=1.5' ;;
    restore-large) restore "$name" "restore large files, nix-store --restore" "$large_nar" '>=1.5' ;;
    esac
done
