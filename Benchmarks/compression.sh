#!/usr/bin/env bash
# Compresses real trees at every level of Zstandard, through NarKit and with zstd, and prints the sizes and times as
# CSV.
#
# usage: Benchmarks/compression.sh [NAME=TREE…] >Benchmarks/Results/compression.csv
#        Benchmarks/plot.py Benchmarks/Results/compression.csv docs/compression.svg
#
# Without trees it takes the C headers, the big programs and the Python library that are there. Of each tree the first
# CORPUS_MB (8) are taken, so that the slow levels end. NarKit works at levels 1 to 19 with no worker, one and two, zstd
# at some of them. ROUNDS is how often each is timed below level 13, from there on it is once; the shortest time counts.
# LEVELS names others. NAR_BENCH may name the program, otherwise it is built.
set -euo pipefail

source "$(dirname "$0")/rows.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
bench=${NAR_BENCH:-$(bench_program nar-bench)}
limit=$((${CORPUS_MB:-8} * 1000000))
read -ra levels <<<"${LEVELS:-$(seq -s ' ' 1 19)}"
beside=" 1 3 6 9 12 15 19 "

if [ $# -eq 0 ]; then
    programs=$(dirname "$(readlink -f "$(command -v swiftc || command -v clang || command -v bash)")")
    python=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
    set -- headers=/usr/include programs="$programs" python="$python"
fi

# The first files of a tree, up to the limit; a file that goes beyond it is cut.
sample() { # TREE DIRECTORY
    local left=$limit file size
    mkdir "$2"
    while [ "$left" -gt 0 ] && IFS= read -r -d '' file; do
        mkdir -p "$2/$(dirname "$file")"
        head -c "$left" "$1/$file" >"$2/$file"
        size=$(stat --format %s "$2/$file")
        left=$((left - size))
    done < <(cd "$1" && find . -type f -size -300M -print0 | LC_ALL=C sort -z)
}

# The shortest of several runs of a command that prints NAR bytes, compressed bytes, seconds and processor seconds.
shortest() { # LEVEL COMMAND…
    # shellcheck disable=SC2154 # rows.sh sets it
    local level=$1 times=$rounds
    shift
    [ "$level" -lt 13 ] || times=1
    for ((; times > 0; times--)); do "$@"; done | sort -g -k 3 | head -1
}

# zstd on the ready NAR, as fields like those of nar-bench.
zstd_run() { # CORPUS LEVEL THREADS
    local threads=-T$3
    [ "$3" -gt 0 ] || threads=--single-thread
    TIMEFORMAT='%R %U %S'
    { time zstd "-$2" "$threads" -qc "$work/$1.nar" >"$work/output"; } 2>"$work/seconds"
    awk -v nar="$(stat --format %s "$work/$1.nar")" -v size="$(stat --format %s "$work/output")" \
        '{ printf "%d\t%d\t%s\t%.3f\n", nar, size, $1, $2 + $3 }' "$work/seconds"
}

echo corpus,tool,level,workers,nar_bytes,compressed_bytes,seconds,processor_seconds
for corpus; do
    name=${corpus%%=*}
    sample "${corpus#*=}" "$work/$name"
    "$bench" dump "$work/$name" >"$work/$name.nar"
    for level in "${levels[@]}"; do
        for workers in 0 1 2; do
            shortest "$level" "$bench" compress "$work/$name" "$level" "$workers" |
                awk -v id="$name,NarKit,$level,$workers" '{ print id "," $1 "," $2 "," $3 "," $4 }'
            [[ $beside == *" $level "* ]] && [ "$workers" -ne 1 ] || continue
            shortest "$level" zstd_run "$name" "$level" "$workers" |
                awk -v id="$name,zstd,$level,$workers" '{ print id "," $1 "," $2 "," $3 "," $4 }'
        done
    done
done
