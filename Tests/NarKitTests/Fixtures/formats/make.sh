#!/usr/bin/env bash
# Makes the files beside it with real Nix (2.8 when they were committed). Run it as root; it builds in a /nix/store of
# its own, in a mount namespace of its own, and leaves the machine's alone. The keys are new each time, and so are the files.
set -euo pipefail
if [ "${1:-}" != in-namespace ]; then
    mkdir -p /nix
    exec unshare --mount "$0" in-namespace
fi
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'umount /nix; chmod -R u+w "$work"; rm -rf "$work"' EXIT

export HOME=$work/home XDG_CACHE_HOME=$work/cache NIX_REMOTE=local
export NIX_STATE_DIR=$work/state NIX_LOG_DIR=$work/log NIX_CONF_DIR=$work/conf
export NIX_CONFIG='
sandbox = false
build-users-group =
experimental-features = nix-command flakes ca-derivations
substituters =
'
mkdir -p "$HOME" "$NIX_CONF_DIR" "$work/nix"
mount --bind "$work/nix" /nix

rm -rf "$here"/{narinfo,realisations,keys,hashes.txt,store-paths.txt}
mkdir -p "$here"/{narinfo,realisations,keys}

# Keys
for name in cache.example.org-1 other.example.org-1; do
    nix key generate-secret --key-name "$name" > "$here/keys/$name.secret"
    nix key convert-secret-to-public < "$here/keys/$name.secret" > "$here/keys/$name.public"
done

# Hashes: the bytes in hexadecimal (- for none), then algorithm, hexadecimal, nix32, base 64 and SRI of their hash
for text in '' a abc 'The quick brown fox jumps over the lazy dog'; do
    printf %s "$text" > "$work/text"
    for algorithm in md5 sha1 sha256 sha512; do
        hex=$(nix-hash --type "$algorithm" --flat "$work/text")
        bytes=$(od -An -v -tx1 "$work/text" | tr -d ' \n')
        printf '%s %s %s %s %s %s\n' "${bytes:--}" "$algorithm" "$hex" \
            "$(nix hash to-base32 --type "$algorithm" "$hex")" "$(nix hash to-base64 --type "$algorithm" "$hex")" \
            "$(nix hash to-sri --type "$algorithm" "$hex")"
    done
done > "$here/hashes.txt"

# Store paths: a tree of one with references, one that refers to itself, content-addressed ones, several outputs
cat > "$work/default.nix" <<'NIX'
let
  make = attributes: command: derivation ({
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" command ];
    PATH = "/usr/bin:/bin";
  } // attributes);
  floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
in rec {
  leaf = make { name = "leaf-1.0"; } "echo leaf > $out";
  two = make { name = "two+outputs_1.0"; outputs = [ "out" "dev" ]; } "echo $dev > $out; echo ${leaf} > $dev";
  self = make { name = "self"; } "mkdir $out; echo $out ${leaf} ${two.dev} > $out/paths";
  fixed = make { name = "fixed"; outputHashMode = "flat"; outputHashAlgo = "sha256";
    outputHash = builtins.hashString "sha256" "fixed\n"; } "echo fixed > $out";
  fixedSha1 = make { name = "fixed-sha1"; outputHashMode = "flat"; outputHashAlgo = "sha1";
    outputHash = builtins.hashString "sha1" "fixed\n"; } "echo fixed > $out";
  text = builtins.toFile "text" "refers to ${leafFile}\n";
  leafFile = builtins.toFile "leaf-file" "leaf\n";
  caBase = make (floating // { name = "ca-base"; }) "mkdir $out; echo base > $out/base";
  ca = make (floating // { name = "ca"; outputs = [ "out" "bin" ]; }) "mkdir $bin $out; echo ${caBase} $out > $out/x; echo $out > $bin/x";
}
NIX
keys="$here/keys/cache.example.org-1.secret"
attributes=(leaf two self fixed fixedSha1 caBase ca ca.bin)
nix build --no-link --option secret-key-files "$keys" -f "$work/default.nix" "${attributes[@]}"
paths=$(nix build --no-link --json -f "$work/default.nix" "${attributes[@]}" \
    | grep -o '"/nix/store/[^"]*"' | tr -d '"' | grep -v '\.drv$' | sort -u)
text=$(nix eval --raw -f "$work/default.nix" text)
echo tree > "$work/source"
source=$(nix store add-file "$work/source")

# narinfos, realisations and the file at the root of a cache: compressed with a second signature, and not compressed
cache="$work/binary-cache"
nix copy --to "file://$cache?compression=none&secret-key=$keys" $paths $text $source
nix copy --to "file://$cache?compression=none&secret-key=$keys" \
    -f "$work/default.nix" --derivation leaf
nix copy --to "file://$cache?compression=none" -f "$work/default.nix" caBase ca ca.bin
cp "$cache"/*.narinfo "$here/narinfo/"
cp "$cache/nix-cache-info" "$here/"
for file in "$cache"/realisations/*; do # named sha256:<hex>!<output>.doi, which some file systems do not allow
    name=$(basename "$file")
    cp "$file" "$here/realisations/${name:7:8}-${name#*!}"
done

xz="$work/xz-cache"
nix copy --to "file://$xz?compression=xz&secret-key=$here/keys/other.example.org-1.secret" \
    "$(nix eval --raw -f "$work/default.nix" self)"
for file in "$xz"/*.narinfo; do cp "$file" "$here/narinfo/$(basename "$file" .narinfo)-xz.narinfo"; done

printf '%s\n' $paths $text $source | sort -u > "$here/store-paths.txt"
