# A machine with the modules on it, as far as they can be seen without nixpkgs: `machine module` has its config, and
# the text of its units.
let
  lib = import ./lib.nix;

  # utils of NixOS quotes each argument as JSON does, and has systemd expand neither specifiers nor variables.
  utils.escapeSystemdExecArgs =
    arguments:
    builtins.concatStringsSep " " (
      map (argument: builtins.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (builtins.toJSON (toString argument))) arguments
    );

  store = name: text: {
    type = "derivation";
    outPath = "/nix/store/00000000000000000000000000000000-${name}";
    inherit name text;
  };
  package = pname: store pname null;
  pkgs = {
    inherit lib;
    stdenv = {
      hostPlatform.system = "x86_64-linux";
      mkDerivation = attributes: store attributes.pname null // attributes;
      cc.cc.lib = package "gcc-lib";
    };
    fetchurl = source: source;
    writeText = store;
    writeShellScript = store;
    callPackage =
      path: given:
      let
        function = import path;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) pkgs // given);
  }
  // builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = package name;
      })
      [
        "autoPatchelfHook"
        "bzip2"
        "curl"
        "libpq"
        "libsodium"
        "nix"
        "sqlite"
        "xz"
        "zstd"
      ]
  );

  # What the rest of NixOS takes.
  tree =
    default:
    lib.mkOption {
      type = lib.types.anything;
      inherit default;
    };
  surroundings = {
    options = {
      assertions = tree [ ];
      warnings = tree [ ];
      users.users = tree { };
      users.groups = tree { };
      services.postgresql = tree { };
      services.nginx = tree { };
      systemd.services = tree { };
      systemd.sockets = tree { };
      systemd.timers = tree { };
      nix.settings = tree { };
      nix.package = lib.mkOption {
        type = lib.types.package;
        default = pkgs.nix;
      };
    };
  };
  released = {
    config.services = {
      niks3.package = pkgs.callPackage ../package.nix {
        pname = "niks3-server";
        archives = "/dist";
      };
      niks3.clientPackage = pkgs.callPackage ../package.nix { archives = "/dist"; };
      niks3-auto-upload.package = pkgs.callPackage ../package.nix { archives = "/dist"; };
    };
  };

  values =
    value:
    if builtins.isList value then
      builtins.concatMap values value
    else if builtins.isBool value then
      [ (lib.boolToString value) ]
    else
      [ (toString value) ];
  # A list that is one setting in a unit.
  words = names: set: builtins.mapAttrs (
    name: value:
    if builtins.elem name names && builtins.isList value then builtins.concatStringsSep " " value else value
  ) set;
  section =
    name: settings:
    "[${name}]\n"
    + builtins.concatStringsSep "" (
      builtins.concatMap (key: map (value: "${key}=${value}\n") (values settings.${key})) (builtins.attrNames settings)
    )
    + "\n";
  unitSection =
    unit:
    section "Unit" (
      words [ "After" "Wants" "Requires" "Documentation" ] (
        lib.filterAttrs (_: value: value != [ ]) {
          Description = unit.description or "";
          Documentation = unit.documentation or [ ];
          After = unit.after or [ ];
          Wants = unit.wants or [ ];
          Requires = unit.requires or [ ];
        }
      )
    );
  installSection =
    unit: if (unit.wantedBy or [ ]) == [ ] then "" else section "Install" { WantedBy = toString unit.wantedBy; };

  serviceText =
    unit:
    unitSection unit
    + section "Service" (
      words [ "RestrictAddressFamilies" ] unit.serviceConfig
      // {
        Environment = map (name: builtins.toJSON "${name}=${unit.environment.${name}}") (
          builtins.attrNames unit.environment
        );
      }
    )
    + installSection unit;
  socketText =
    unit:
    unitSection unit
    + section "Socket" ({ ListenStream = unit.listenStreams; } // unit.socketConfig)
    + installSection unit;
  timerText =
    services: name: unit:
    section "Timer" ({ OnCalendar = services.${name}.startAt; } // unit.timerConfig);

  renamed =
    suffix: text: set:
    builtins.listToAttrs (
      map (name: {
        name = "${name}.${suffix}";
        value = text name set.${name};
      }) (builtins.attrNames set)
    );
in
module:
let
  config =
    (lib.evalModules {
      specialArgs = { inherit pkgs utils; };
      modules = [
        surroundings
        released
        (import ../niks3.nix)
        (import ../niks3-auto-upload.nix)
        { config = module; }
      ];
    }).config;
in
{
  inherit config;
  units =
    renamed "service" (_: serviceText) config.systemd.services
    // renamed "socket" (_: socketText) config.systemd.sockets
    // renamed "timer" (timerText config.systemd.services) config.systemd.timers;
  # Of the assertions that do not hold.
  complaints = map (assertion: assertion.message) (
    builtins.filter (assertion: !assertion.assertion) config.assertions
  );
}
