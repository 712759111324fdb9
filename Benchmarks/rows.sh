# shellcheck shell=bash disable=SC2154 # each part sets $work
# To be sourced by each part of the benchmarks: times things in turns, and prints one row of the table for each.
#
# A part works in the directory $work. Each row is also appended to the file that BENCH_TABLE names, if it does, with
# tabs between its fields: name, work, ours, the peer's, unit, measured, target, rounds, processor, verdict, note. What
# is measured is a ratio where there is a peer, else ours; a target is ">=2.2" or "<=0.9", or empty. The verdict is
# "met", "near" (missed by 10 % at most), "missed", "skipped" (something is not there) or "-" (there is no target).

# How often each thing is timed. The best counts, as others disturbed it least; the table also says between what
# the ratios of single rounds lay, and what the ratio of the processor times is, which does not grow while others work.
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
    print_row row work ours peer measured target rounds processor verdict
}

print_row() {
    printf '%-14s %-48s %12s %12s %9s %8s %-11s %9s %s\n' "$@"
}

row() { # NAME WORK OURS THEIRS UNIT MEASURED TARGET ROUNDS PROCESSOR [NOTE]
    local verdict
    verdict=$(awk -v measured="$6" -v target="$7" 'BEGIN {
        if (measured == "") { print "skipped"; exit }
        if (target == "") { print "-"; exit }
        limit = substr(target, 3) + 0
        miss = (target ~ /^>=/) ? limit / measured : measured / limit
        print (miss <= 1) ? "met" : (miss <= 1.1) ? "near" : "missed"
    }')
    print_row "$1" "$2" "${3:+$3 $5}" "${4:+$4 $5}" "$6" "$7" "$8" "$9" "$verdict${10:+ (${10})}"
    if [ -n "${BENCH_TABLE:-}" ]; then
        local IFS=$'\t' fields=("${@:1:9}" "$verdict" "${10:-}")
        echo "${fields[*]}" >>"$BENCH_TABLE"
    fi
}

# A row that cannot be measured here.
row_skipped() { # NAME WORK TARGET WHY
    row "$1" "$2" '' '' '' '' "$3" '' '' "$4"
}

# A row without a peer.
row_value() { # NAME WORK VALUE UNIT TARGET [NOTE]
    row "$1" "$2" "$3" '' "$4" "$3" "$5" '' '' "${6:-}"
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
        "<=$(awk -v times="$5" 'BEGIN { print times * 1.2 }')" '' '' "${6:-}"
}

# The shortest of the times in $work/ours or $work/theirs.
shortest_of() { # ours|theirs
    sort -g "$work/$1" | head -1
}

row_pairs() { # NAME WORK UNIT TARGET first|last NOTE
    local fields processor=
    fields=$(paste "$work/ours" "$work/theirs" | compare_columns "$4" "$5")
    if [ -s "$work/ours-processor" ] && [ -s "$work/theirs-processor" ]; then
        processor=$(paste "$work/ours-processor" "$work/theirs-processor" | compare_columns "$4" first | cut -d' ' -f3)
    fi
    # shellcheck disable=SC2086 # four fields
    set -- "$@" $fields
    row "$1" "$2" "$7" "$8" "$3" "$9" "$4" "${10}" "$processor" "$6"
}

# Prints the best of two columns, their ratio, and between what the ratios of single lines lie.
compare_columns() { # TARGET first|last
    awk -v target="$1" -v best="$2" '
        function better(a, b) { return (best == "first") ? a < b : a > b }
        # Times are inverted for a target of ">=": more is better then.
        function ratio(ours, theirs) { return (best == "first" && target ~ /^>=/) ? theirs / ours : ours / theirs }
        {
            if (NR == 1 || better($1, ours)) ours = $1
            if (NR == 1 || better($2, theirs)) theirs = $2
            value = ratio($1, $2)
            if (NR == 1 || value < low) low = value
            if (NR == 1 || value > high) high = value
        }
        END { printf "%.0f %.0f %.2f %.2f-%.2f\n", ours, theirs, ratio(ours, theirs), low, high }'
}

# Forgets what was measured for the row before.
new_row() {
    rm -f "$work"/{ours,theirs}{,-processor}
}

# Runs both commands in turns, and leaves what row_times reads.
in_turns() { # OURS THEIRS [BEFORE-EACH]
    local round before=${3:-:}
    new_row
    for ((round = 0; round < rounds; round++)); do
        eval "$before"
        measure ours bash -c "$1"
        eval "$before"
        measure theirs bash -c "$2"
    done
    eval "$before"
}

# Runs a command, and appends how long it took to a file, and its processor time to another, in milliseconds.
measure() { # ours|theirs COMMAND…
    local file=$1 TIMEFORMAT='%R %U %S'
    shift
    { time "$@" >"$work/output" 2>"$work/error"; } 2>"$work/times" || { cat "$work/error" >&2; exit 1; }
    awk '{ print $1 * 1e3 }' "$work/times" >>"$work/$file"
    awk '{ print ($2 + $3) * 1e3 }' "$work/times" >>"$work/$file-processor"
}

# Builds a program of this package unless a variable names it.
bench_program() { # PROGRAM
    (
        cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
        swift build -c release --scratch-path .build --product "$1" >&2
        echo "$(swift build -c release --scratch-path .build --show-bin-path)/$1"
    )
}
