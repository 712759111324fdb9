#!/usr/bin/env bash
# Times `niks3 --version`, and shows how much memory it takes.
#
# usage: Benchmarks/start.sh PROGRAMS
#
# Takes niks3 of the release archive in dist/ or of .build-dist (make dist), which has Swift's library in itself; where
# there is none that of PROGRAMS, and says so. STARTS is how often it is started; the median counts, since single
# starts are short beside the clock's noise.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/start.sh PROGRAMS}" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/Benchmarks/rows.sh"
starts=${STARTS:-101}
work=$(mktemp -d "${TMPDIR:-/tmp}/niks3-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

program=$programs/niks3
note='of PROGRAMS'
archive=$(ls "$root"/dist/niks3_*.tar.gz 2>/dev/null | head -1 || true)
if [ -n "$archive" ]; then
    tar -xzf "$archive" -C "$work"
    program=$work/niks3
    note='of the release archive'
elif [ -x "$root/.build-dist/release/niks3" ]; then
    program=$root/.build-dist/release/niks3
    note='of .build-dist'
fi
if ldd "$program" 2>/dev/null | grep -q libswiftCore; then
    note+=', with the dynamic library of Swift; make dist makes one without'
fi

for ((start = 0; start < starts; start++)); do
    before=$(date +%s%N)
    "$program" --version >/dev/null
    echo $(($(date +%s%N) - before))
done | sort -n >"$work/times"
# What the shell and the clock take, by a program that does nothing.
for ((start = 0; start < starts; start++)); do
    before=$(date +%s%N)
    /bin/true >/dev/null
    echo $(($(date +%s%N) - before))
done | sort -n >"$work/nothing"

median() { awk '{ times[NR] = $1 } END { printf "%.1f", times[int((NR + 1) / 2)] / 1e6 }' "$1"; }

row_value start "niks3 --version" "$(median "$work/times")" ms '<=15' \
    "$note; /bin/true takes $(median "$work/nothing") ms"
if [ -x /usr/bin/time ]; then
    /usr/bin/time --format %M --output "$work/memory" "$program" --version >/dev/null
    row_value start-memory "the same, resident memory" "$(awk '{ printf "%.1f", $1 / 1024 }' "$work/memory")" MiB \
        '<=20' "$note"
else
    row_skipped start-memory "the same, resident memory" '<=20' 'install time'
fi
