#!/usr/bin/env bash
# Fuzzes one parser for a while: Fuzz/run.sh TARGET SECONDS
#
# The targets are the directories of Seeds.
#
# New inputs go to Fuzz/.build/corpus; a crasher is written to Fuzz/.build and its path printed. Keep crashers as
# fixtures of a test.
set -euo pipefail
cd "$(dirname "$0")"

case ${1:-} in
nar) target=FuzzNar ;;
narinfo) target=FuzzNarInfo ;;
text) target=FuzzText ;;
xml) target=FuzzXML ;;
query) target=FuzzQuery ;;
create) target=FuzzCreate ;;
api) target=FuzzAPI ;;
request) target=FuzzRequest ;;
access) target=FuzzAccess ;;
hook) target=FuzzHook ;;
*)
    echo "usage: Fuzz/run.sh nar|narinfo|text|xml|query|create|api|request|access|hook SECONDS" >&2
    exit 2
    ;;
esac

# The library is instrumented like the target. Whoever changes these options has to remove Fuzz/.build.
coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table
swift build --product "$target" -Xswiftc -sanitize=address -Xswiftc -sanitize-coverage="$coverage"
mkdir -p ".build/corpus/$1"
cd .build
exec "$(swift build --package-path .. --show-bin-path)/$target" -max_total_time="${2:-60}" -max_len=4096 -timeout=30 \
    -rss_limit_mb=1024 "corpus/$1" "../Seeds/$1"
