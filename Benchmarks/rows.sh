# shellcheck shell=bash disable=SC2154 # each part sets $work
# To be sourced by each part of the benchmarks: times things in turns, and prints one row of the table for each.
#
# A part works in the directory $work. Each row is also appended to the file that BENCH_TABLE names, if it does, with
# tabs between its fields: name, work, ours, the peer's, unit, measured, target, rounds, verdict, note. What is
# measured is a ratio where there is a peer, else ours; a target is ">=2.2" or "<=0.9", or empty. The verdict is "met",
# "near" (missed by 10 % at most), "missed", "skipped" (something is not there) or "-" (there is no target).

# How often each thing is timed. The best counts, as others disturbed it least; the table also says between what
# the ratios of single rounds lay.
rounds=${ROUNDS:-3}

# Whether this call is to measure a row: one of those that were named.
wanted() { # NAME
    local name
    for name in "${selected[@]}"; do [ "$name" != "$1" ] || return 0; done
    return 1
}

# Takes the rows that a part was called with, or all that it has.
select_rows() { # "ALL ROWS" [ROW…]
    local all=" $1 " name
    read -ra selected <<<"$1"
    shift
    [ $# -gt 0 ] || return 0
    selected=("$@")
    for name; do
        [[ $all == *" $name "* ]] || { echo "${0##*/}: there is no row $name; the rows are:$all" >&2; exit 2; }
    done
}

table_head() {
    printf '%-14s %-48s %12s %12s %9s %8s %-11s %s\n' row work ours peer measured target 'rounds' verdict
}

row() { # NAME WORK OURS THEIRS UNIT MEASURED TARGET ROUNDS [NOTE]
    local verdict
    verdict=$(awk -v measured="$6" -v target="$7" 'BEGIN {
        if (measured == "") { print "skipped"; exit }
        if (target == "") { print "-"; exit }
        limit = substr(target, 3) + 0
        miss = (target ~ /^>=/) ? limit / measured : measured / limit
        print (miss <= 1) ? "met" : (miss <= 1.1) ? "near" : "missed"
    }')
    printf '%-14s %-48s %12s %12s %9s %8s %-11s %s\n' "$1" "$2" "${3:+$3 $5}" "${4:+$4 $5}" "$6" "$7" "$8" \
        "$verdict${9:+ ($9)}"
    if [ -n "${BENCH_TABLE:-}" ]; then
        local IFS=$'\t' fields=("${@:1:8}" "$verdict" "${9:-}")
        echo "${fields[*]}" >>"$BENCH_TABLE"
    fi
}

# A row that cannot be measured here.
row_skipped() { # NAME WORK TARGET WHY
    row "$1" "$2" '' '' '' '' "$3" '' "$4"
}

# A row without a peer.
row_value() { # NAME WORK VALUE UNIT TARGET [NOTE]
    row "$1" "$2" "$3" '' "$4" "$3" "$5" '' "${6:-}"
}

# A row of times in milliseconds, a round a line, in $work/ours and $work/theirs. With a target of ">=" the ratio is
# how often as fast as the peer, with "<=" how long beside it.
row_times() { # NAME WORK TARGET [NOTE]
    row_pairs "$1" "$2" ms "$3" first "${4:-}"
}

# A row of rates, a round a line, in the same files: the ratio is ours to the peer's.
row_rates() { # NAME WORK UNIT TARGET [NOTE]
    row_pairs "$1" "$2" "$3" "$4" last "${5:-}"
}

# A row of a time in milliseconds beside that of the same work with fewer objects: it is to grow no faster than their
# number, with a fifth of leeway.
row_growth() { # NAME WORK TIME TIME-OF-FEWER TIMES-AS-MANY [NOTE]
    row "$1" "$2" "$3" "$4" ms "$(awk -v more="$3" -v fewer="$4" 'BEGIN { printf "%.1f", more / fewer }')" \
        "<=$(awk -v times="$5" 'BEGIN { print times * 1.2 }')" '' "${6:-}"
}

# The shortest of the times in $work/ours or $work/theirs.
shortest_of() { # ours|theirs
    sort -g "$work/$1" | head -1
}

row_pairs() { # NAME WORK UNIT TARGET first|last NOTE
    local fields
    # Times are inverted for a target of ">=": more is better then.
    fields=$(paste "$work/ours" "$work/theirs" | awk -v target="$4" -v best="$5" '
        function better(a, b) { return (best == "first") ? a < b : a > b }
        function ratio(ours, theirs) { return (best == "first" && target ~ /^>=/) ? theirs / ours : ours / theirs }
        {
            if (NR == 1 || better($1, ours)) ours = $1
            if (NR == 1 || better($2, theirs)) theirs = $2
            value = ratio($1, $2)
            if (NR == 1 || value < low) low = value
            if (NR == 1 || value > high) high = value
        }
        END {
            form = (ours < 10 && theirs < 1000) ? "%.1f %.1f" : "%.0f %.0f"
            printf form " %.2f %.2f-%.2f\n", ours, theirs, ratio(ours, theirs), low, high
        }')
    # shellcheck disable=SC2086 # four fields
    set -- "$@" $fields
    row "$1" "$2" "$7" "$8" "$3" "$9" "$4" "${10}" "$6"
}

# Runs both commands in turns, and leaves how long they took, in milliseconds, in $work/ours and $work/theirs.
in_turns() { # OURS THEIRS [BEFORE-EACH]
    local round before=${3:-:}
    : >"$work/ours"
    : >"$work/theirs"
    for ((round = 0; round < rounds; round++)); do
        eval "$before"
        milliseconds "$1" >>"$work/ours"
        eval "$before"
        milliseconds "$2" >>"$work/theirs"
    done
    eval "$before"
}

milliseconds() { # COMMAND: how long it takes, once
    local start end
    start=$(date +%s%N)
    bash -c "$1" >"$work/output" 2>"$work/error" || { cat "$work/error" >&2; exit 1; }
    end=$(date +%s%N)
    awk -v time=$((end - start)) 'BEGIN { printf "%.3f\n", time / 1e6 }'
}

# Builds a program of this package unless a variable names it.
bench_program() { # PROGRAM
    (
        cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
        swift build -c release --scratch-path .build --product "$1" >&2
        echo "$(swift build -c release --scratch-path .build --show-bin-path)/$1"
    )
}
