#!/usr/bin/env bash
# Measures everything, or the rows that are named, and prints one table. Fails when a figure misses its target by more
# than 10 %.
#
# usage: Benchmarks/run.sh PROGRAMS [ROW…]
#
# PROGRAMS is the directory with niks3 and niks3-server (make build). The rows, all unless some are named:
#   nar.sh      dump-small dump-large zstd-small zstd-large zstd-size zstd-hash zstd-two sha256 restore-small restore-large
#   http.sh     puts parts
#   push.sh     closure embedded memory tiny again huge
#   start.sh    start
#   create.sh   create
#   collect.sh  plan
#   read.sh     narinfo nar together
#
# Each row compares with a program that does the same on the same machine at the same time: rounds of both in turns.
# What is shown is the best of each, since it is the least disturbed, their ratio, between what the ratios of single
# rounds lay, and the ratio of the processor times of the two programs, where both are known. ROUNDS is how many rounds;
# BENCH_TABLE names a file that also gets the table, with tabs between the fields. Each part can be run by itself, and
# says at its top what else can be set.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/run.sh PROGRAMS [ROW...]}" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
source "$here/rows.sh"
nar="dump-small dump-large zstd-small zstd-large zstd-size zstd-hash zstd-two sha256 restore-small restore-large"
http="puts parts"
push="closure embedded memory tiny again huge"
read="narinfo nar together"
select_rows "$nar $http $push start create plan $read" "$@"

export ROUNDS=$rounds
table=${BENCH_TABLE:-}
if [ -z "$table" ]; then
    table=$(mktemp "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
    trap 'rm -f "$table"' EXIT
fi
: >"$table"
export BENCH_TABLE=$table

# The rows of those that are named which are wanted.
some_of() { # "ROWS"
    local row
    for row in $1; do
        if wanted "$row"; then printf '%s ' "$row"; fi
    done
}

broken=()
part() { # SCRIPT "ROWS" [ARGUMENT…]
    local script=$1 rows
    rows=$(some_of "$2")
    [ -n "$rows" ] || return 0
    # shellcheck disable=SC2086 # several rows
    "$here/$script" "${@:3}" $rows || broken+=("$script")
}

if [ -n "$(some_of "$nar")" ]; then NAR_BENCH=${NAR_BENCH:-$(bench_program nar-bench)}; export NAR_BENCH; fi
if [ -n "$(some_of "$http")" ]; then HTTP_BENCH=${HTTP_BENCH:-$(bench_program http-bench)}; export HTTP_BENCH; fi

table_head
part nar.sh "$nar"
part http.sh "$http"
part push.sh "$push" "$programs"
part read.sh "$read" "$programs"
# These take no names of rows.
if wanted start; then "$here/start.sh" "$programs" || broken+=(start.sh); fi
if wanted create; then "$here/create.sh" "$programs" || broken+=(create.sh); fi
if wanted plan; then "$here/collect.sh" "$programs" || broken+=(collect.sh); fi

awk -F '\t' '
    { count[$10]++ }
    END {
        printf "%d met, %d missed by up to 10 %%, %d missed by more, %d skipped\n", \
            count["met"], count["near"], count["missed"], count["skipped"]
    }' "$table"
if [ ${#broken[@]} -gt 0 ]; then
    echo "run.sh: ${broken[*]} failed" >&2
    exit 2
fi
! cut -f 10 "$table" | grep -qx missed
