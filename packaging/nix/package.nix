# The programs of a release archive, made to run on NixOS: nixpkgs has no Swift that is new enough to build them.
#
# `archives` is a directory with the archives, as `make dist` leaves it in dist/; without it they are fetched as
# release.json says, which names the release: {"version", "url", "sha256": {"<archive>": "sha256-…"}}.
{
  lib,
  stdenv,
  fetchurl,
  autoPatchelfHook,
  bzip2,
  curl,
  libpq,
  libsodium,
  sqlite,
  xz,
  zstd,
  # "niks3" for niks3 and niks3-hook, or "niks3-server".
  pname ? "niks3",
  archives ? null,
}:
let
  platforms = {
    x86_64-linux = "Linux_x86_64";
    aarch64-linux = "Linux_arm64";
  };
  system = stdenv.hostPlatform.system;
  archive = "${pname}_${platforms.${system} or (throw "niks3 has no release archive for ${system}")}.tar.gz";
  release =
    if builtins.pathExists ./release.json then
      builtins.fromJSON (builtins.readFile ./release.json)
    else
      throw "packaging/nix/release.json names no release: run `make dist` and give archives = ./dist";
  isServer = pname == "niks3-server";
in
stdenv.mkDerivation {
  inherit pname;
  version = if archives != null then "dist" else release.version;

  src =
    if archives != null then
      archives + "/${archive}"
    else
      fetchurl {
        url = "${release.url}/${archive}";
        hash = release.sha256.${archive};
      };
  sourceRoot = ".";

  nativeBuildInputs = [ autoPatchelfHook ];
  buildInputs = [
    bzip2
    libsodium
    sqlite
    stdenv.cc.cc.lib
    xz
    zstd
  ]
  ++ lib.optional isServer libpq;
  # The programs load libcurl by its name, when they send their first request.
  runtimeDependencies = [ (lib.getLib curl) ];

  dontConfigure = true;
  dontBuild = true;
  # The names of functions stay, for traces of crashes.
  dontStrip = true;

  installPhase = ''
    runHook preInstall
    install -D -m 755 -t $out/bin ${if isServer then "niks3-server" else "niks3 niks3-hook"}
    cp -r share $out/share
    runHook postInstall
  '';

  meta = {
    description = "Nix binary cache on S3-compatible storage, with garbage collection";
    license = lib.licenses.mit;
    mainProgram = pname;
    platforms = builtins.attrNames platforms;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
