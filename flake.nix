{
  description = "niks3, a Nix binary cache on S3-compatible storage, with garbage collection";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      forSystems =
        make:
        lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: make nixpkgs.legacyPackages.${system});
      # There are packages from the first release on; see packaging/nix/package.nix.
      hasRelease = builtins.pathExists ./packaging/nix/release.json;
    in
    {
      packages = forSystems (
        pkgs:
        lib.optionalAttrs hasRelease rec {
          niks3 = pkgs.callPackage ./packaging/nix/package.nix { };
          niks3-server = pkgs.callPackage ./packaging/nix/package.nix { pname = "niks3-server"; };
          default = niks3;
        }
      );

      nixosModules = {
        niks3 = ./packaging/nix/niks3.nix;
        niks3-auto-upload = ./packaging/nix/niks3-auto-upload.nix;
        default = {
          imports = [
            self.nixosModules.niks3
            self.nixosModules.niks3-auto-upload
          ];
        };
      };

      # The C libraries and the tools of the Makefile, for a Swift that is installed already: nixpkgs has none that is
      # new enough.
      devShells = forSystems (pkgs: {
        default = pkgs.mkShell {
          packages = with pkgs; [
            bzip2
            curl
            groff
            jq
            libpq
            libsodium
            nix
            openssl
            pkg-config
            postgresql
            python3
            shellcheck
            sqlite
            xz
            zstd
          ];
          # Only its headers are used, and pkg-config is not asked for them.
          CPATH = "${lib.getDev pkgs.curl}/include";
        };
      });

      checks = forSystems (pkgs: {
        modules =
          let
            inherit (import ./packaging/nix/tests) failures;
          in
          if failures == [ ] then
            pkgs.runCommand "niks3-modules" { } "touch $out"
          else
            throw "the modules do not make what they should: ${builtins.toJSON failures}";
      });
    };
}
