#!/usr/bin/env bash
# Times pushes to niks3-server on PostgreSQL and S3 beside the tools that do the same, and shows how much memory they
# took at most.
#
# usage: Benchmarks/push.sh PROGRAMS [ROW…]
#
# PROGRAMS is the directory with niks3 and niks3-server (make build). The rows, all unless some are named:
#   closure   a closure of 300 paths with 500 MB, beside `nix copy --to file://…?compression=zstd` of it
#   embedded  the same to a server that keeps everything in a directory, as `nix copy` does; but it syncs what it keeps
#   memory    the same with both directories in memory, where syncing costs nothing
#   tiny      5,000 tiny paths, beside as many bare PUTs as there are objects, 30 at a time
#   again     the same 5,000 paths once more, beside `nix path-info --recursive --json` of them
#   huge      one file of 4 GB; only its memory
# ROUNDS is how often each is timed; the best counts.
set -euo pipefail

programs=$(cd "${1:?usage: Benchmarks/push.sh PROGRAMS [ROW...]}" && pwd)
shift
source "$(dirname "$0")/rows.sh"
select_rows "closure embedded memory tiny again huge" "$@"
[ -x /usr/bin/time ] || { echo "push.sh: install time first (apt-get install time)" >&2; exit 1; }
source "$(dirname "$0")/server.sh"
in_memory=
trap 'finish; rm -rf ${in_memory:+"$in_memory"}' EXIT

mkdir -p "$work"/{store,var,etc,home}
cat >"$work/etc/nix.conf" <<CONF
experimental-features = nix-command
sandbox = false
build-users-group =
substitute = false
fsync-metadata = false
CONF
export HOME=$work/home XDG_CACHE_HOME=$work/home/cache NIX_REMOTE='' NIKS3_AUTH_TOKEN_FILE=$work/token
export NIX_STORE_DIR=$work/store NIX_STATE_DIR=$work/var NIX_LOG_DIR=$work/var/log/nix
export NIX_LOCALSTATE_DIR=$work/var NIX_CONF_DIR=$work/etc
printf '%s\n' "$token" >"$work/token"

build() { # NIX-EXPRESSION
    printf '%s' 'let mk = name: script: derivation { inherit name; system = builtins.currentSystem; builder = "/bin/sh";
        args = [ "-e" "-c" ("export PATH=/usr/bin:/bin; " + script) ]; }; in '"$1" >"$work/build.nix"
    nix-build --no-out-link "$work/build.nix" 2>"$work/build.log" || { cat "$work/build.log" >&2; exit 1; }
}

# 5,000 paths of a few bytes, and one that refers to them all.
tiny() {
    cat >"$work/tiny.nix" <<'NIX'
let tiny = builtins.genList (i: builtins.toFile "tiny-${toString i}" "tiny ${toString i}") 4999;
in builtins.toFile "all" (builtins.concatStringsSep "\n" tiny)
NIX
    nix-instantiate --eval --read-write-mode "$work/tiny.nix" | tr -d '"'
}

# Bytes that do not compress, and as many that do, in 300 paths.
closure() {
    build 'let part = i: mk "part-${toString i}" "
        mkdir $out
        head -c 830000 /dev/zero | openssl enc -aes-128-ctr -K ${builtins.substring 0 32 (builtins.hashString "md5" (toString i))} -iv 00000000000000000000000000000000 > $out/noise
        seq ${toString (i * 1000)} ${toString (i * 1000 + 120000)} | head -c 830000 > $out/numbers"; in
        mk "closure" "echo ${toString (builtins.genList part 299)} > $out"'
}

# A file of so many bytes: some that do not compress, the rest zeros.
huge() { # BYTES
    build 'mk "huge-'"$1"'" "
        mkdir $out
        head -c 536870912 /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000000 -iv 00000000000000000000000000000000 > $out/data
        truncate -s '"$1"' $out/data"'
}

# Every cache is a new one: a bucket and a database.
caches=0
fresh() {
    if [ -n "$server" ]; then stop_server; fi
    caches=$((caches + 1))
    make_bucket "push-$caches"
    query --command "CREATE DATABASE push_$caches"
    start_server "push-$caches" "$(sed -E "s/dbname=[^ ]*/dbname=push_$caches/" <<<"$database")"
}

push() { # STORE-PATH
    measure ours /usr/bin/time --format %M --append --output "$work/memory" \
        "$programs/niks3" push --no-progress --server-url "$url" "$1"
}

copy() { # STORE-PATH [DIRECTORY]
    local place=${2:-$work}/copy
    measure theirs nix copy --to "file://$place?compression=zstd" "$1"
    rm -rf "$place"
}

# The most memory that a push took.
memory() { sort -n "$work/memory" | awk 'END { printf "%.0f", $1 / 1024 }'; }

# How long as many PUTs of 700 bytes take as there are objects in the bucket of the present cache, in milliseconds.
bare_puts() {
    local objects puts=2000 start end
    objects=$(curl --silent --fail "$url/api/cache-stats" | sed -E 's/.*"objects":([0-9]+).*/\1/')
    head -c 700 /dev/zero >"$work/body"
    make_bucket "bare-$caches-$1"
    for ((i = 0; i < puts; i++)); do
        printf 'url = "%s/bare-%s-%s/%d"\nupload-file = "%s"\noutput = /dev/null\n' \
            "$endpoint" "$caches" "$1" "$i" "$work/body"
    done >"$work/puts"
    start=$(date +%s%N)
    # It draws its progress even if it is to be silent.
    s3 --parallel --parallel-max 30 --config "$work/puts" 2>"$work/error" || { cat "$work/error" >&2; exit 1; }
    end=$(date +%s%N)
    echo $(((end - start) / 1000000 * objects / puts))
}

# Pushes to a new server with a directory, beside nix copy to another one.
embedded() { # WHERE
    local path round
    path=$(closure)
    for ((round = 1; round <= rounds; round++)); do
        if [ -n "$server" ]; then stop_server; fi
        rm -rf "$1/embedded"
        start_embedded_server "$1/embedded"
        push "$path"
        copy "$path" "$1"
    done
    stop_server
    rm -rf "$1/embedded"
}

for name in "${selected[@]}"; do
    new_row
    rm -f "$work/memory"
    case $name in
    closure)
        path=$(closure)
        for ((round = 1; round <= rounds; round++)); do
            fresh
            push "$path"
            copy "$path"
        done
        row_times closure "push 300 paths, 500 MB to S3, nix copy to files" '<=0.9' "niks3 at most $(memory) MiB"
        ;;
    embedded)
        embedded "$work"
        row_times embedded "the same to a server with a directory" '<=0.9' "niks3 at most $(memory) MiB"
        ;;
    memory)
        [ -w /dev/shm ] || {
            row_skipped memory "the same with both directories in memory" '<=0.9' 'there is no /dev/shm'
            continue
        }
        in_memory=$(mktemp -d /dev/shm/niks3-bench-XXXXXX)
        embedded "$in_memory"
        rm -rf "$in_memory"
        row_times memory "the same with both directories in memory" '<=0.9' "niks3 at most $(memory) MiB"
        ;;
    tiny)
        path=$(tiny)
        for ((round = 1; round <= rounds; round++)); do
            fresh
            push "$path"
            bare_puts "$round" >>"$work/theirs"
        done
        row_times tiny "push 5,000 tiny paths, bare PUTs to the bucket" '<=1.25' "niks3 at most $(memory) MiB"
        ;;
    again)
        path=$(tiny)
        fresh
        push "$path"
        new_row
        rm -f "$work/memory"
        for ((round = 1; round <= rounds; round++)); do
            push "$path"
            measure theirs nix path-info --recursive --json "$path"
        done
        row_times again "push the 5,000 again, nix path-info" '<=0.6' "niks3 at most $(memory) MiB"
        ;;
    huge)
        path=$(huge 1000000000)
        fresh
        push "$path"
        smaller=$(memory)
        path=$(huge 4000000000)
        fresh
        push "$path"
        row_value huge "push one file of 4 GB, resident memory" "$(memory)" MiB '<=160' \
            "$smaller MiB for 1 GB; $(awk 'END { printf "%.1f", $1 / 1e3 }' "$work/ours") s"
        ;;
    esac
done
