# services.niks3-auto-upload: pushes what this machine builds, through Nix's post-build-hook.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  inherit (lib)
    mkEnableOption
    mkIf
    mkOption
    types
    ;
  cfg = config.services.niks3-auto-upload;

  # Nix calls a program without arguments.
  postBuildHook = pkgs.writeShellScript "niks3-post-build-hook" ''
    exec ${cfg.package}/bin/niks3-hook send --socket ${lib.escapeShellArg cfg.socketPath}
  '';

  literal = lib.replaceStrings [ "%" ] [ "%%" ];
  given = lib.filterAttrs (_: value: value != null);

  flags =
    [
      "--db-path=/var/lib/niks3-hook/upload-queue.db"
      "--batch-size=${toString cfg.batchSize}"
      "--idle-exit-timeout=${toString cfg.idleExitTimeout}"
      "--max-concurrent-uploads=${toString cfg.maxConcurrentUploads}"
    ]
    ++ lib.optional (cfg.jobs != null) "--jobs=${toString cfg.jobs}"
    ++ lib.optional (cfg.compressionLevel != null) "--compression-level=${toString cfg.compressionLevel}"
    ++ lib.optional cfg.verifyS3Integrity "--verify-s3-integrity"
    ++ map (url: "--skip-upstream=${url}") cfg.skipUpstreams
    ++ lib.optional cfg.debug "--debug"
    ++ cfg.extraFlags;

  credentials = given {
    auth-token = cfg.authTokenFile;
    client-cert = cfg.clientCertFile;
    client-key = cfg.clientKeyFile;
  };
  # systemd replaces %d itself, so these are not escaped.
  certificateFlags = lib.optionals (cfg.clientCertFile != null) [
    "--client-cert=%d/client-cert"
    "--client-key=%d/client-key"
  ];
in
{
  options.services.niks3-auto-upload = {
    enable = mkEnableOption "pushing what Nix builds here into a niks3 cache";

    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = "the niks3 of the release";
      description = "The package with `niks3-hook`.";
    };

    serverUrl = mkOption {
      type = types.str;
      example = "https://niks3.example.org";
      description = "The address of the server.";
    };

    authTokenFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      example = "/run/secrets/niks3-token";
      description = "The file of the API token. It is read each time the service starts.";
    };

    clientCertFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "A client certificate in PEM, instead of a token.";
    };

    clientKeyFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "The key of the client certificate in PEM.";
    };

    socketPath = mkOption {
      type = types.str;
      default = "/run/niks3/upload-to-cache.sock";
      description = "Where the hook finds the service.";
    };

    socketMode = mkOption {
      type = types.strMatching "0[0-7]{3}";
      default = "0600";
      description = "Who may hand paths over; Nix calls its hook as root.";
    };

    batchSize = mkOption {
      type = types.ints.between 1 10000;
      default = 50;
      description = "How many paths are pushed together at most.";
    };

    idleExitTimeout = mkOption {
      type = types.either types.str types.ints.unsigned;
      default = "60s";
      description = "After how long without anything to do the service ends, until the next build; 0 for never.";
    };

    maxConcurrentUploads = mkOption {
      type = types.ints.between 1 1000;
      default = 30;
      description = "How many requests to the storage may be under way at once.";
    };

    jobs = mkOption {
      type = types.nullOr types.ints.positive;
      default = null;
      description = "How many NARs are compressed at once; one for each processor where nothing is said.";
    };

    compressionLevel = mkOption {
      type = types.nullOr (types.ints.between 1 19);
      default = null;
      description = "The level of zstd.";
    };

    verifyS3Integrity = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the server checks that what it knows is really in the storage.";
    };

    skipUpstreams = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "https://cache.nixos.org" ];
      description = "Substituters whose paths are left out. A collection over there can break closures here.";
    };

    debug = mkOption {
      type = types.bool;
      default = false;
      description = "Whether more is logged.";
    };

    extraFlags = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "More flags of `niks3-hook serve`.";
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.authTokenFile != null || cfg.clientCertFile != null || cfg.extraFlags != [ ];
        message = "services.niks3-auto-upload.authTokenFile is missing: name the file of the API token.";
      }
      {
        assertion = (cfg.clientCertFile == null) == (cfg.clientKeyFile == null);
        message = "services.niks3-auto-upload needs both clientCertFile and clientKeyFile.";
      }
    ];

    nix.settings.post-build-hook = postBuildHook;

    systemd.sockets.niks3-auto-upload = {
      description = "Queue of Nix builds to push";
      wantedBy = [ "sockets.target" ];
      listenStreams = [ cfg.socketPath ];
      socketConfig.SocketMode = cfg.socketMode;
    };

    systemd.services.niks3-auto-upload = {
      description = "Pushing Nix builds into a binary cache";
      documentation = [ "man:niks3-hook-serve(1)" ];
      requires = [ "niks3-auto-upload.socket" ];
      wants = [ "network-online.target" ];
      after = [
        "network-online.target"
        "niks3-auto-upload.socket"
        "nix-daemon.service"
      ];
      # It asks Nix about paths.
      path = [ config.nix.package ];
      environment = given {
        NIKS3_SERVER_URL = literal cfg.serverUrl;
        NIKS3_AUTH_TOKEN_FILE = if cfg.authTokenFile != null then "%d/auth-token" else null;
        # The addresses of uploads that were interrupted, and what Nix remembers.
        XDG_CACHE_HOME = "%C/niks3-hook";
      };
      serviceConfig = import ./hardening.nix // {
        Type = "notify";
        NotifyAccess = "main";
        ExecStart = lib.concatStringsSep " " (
          [
            (utils.escapeSystemdExecArgs (
              [
                "${cfg.package}/bin/niks3-hook"
                "serve"
              ]
              ++ flags
            ))
          ]
          ++ certificateFlags
        );
        LoadCredential = lib.mapAttrsToList (name: file: "${name}:${toString file}") credentials;
        DynamicUser = true;
        StateDirectory = "niks3-hook";
        StateDirectoryMode = "0700";
        CacheDirectory = "niks3-hook";
        CacheDirectoryMode = "0700";
        Restart = "on-failure";
        RestartSec = "10s";
        RestartPreventExitStatus = 2;
        # What waits is pushed before it ends; what cannot be stays in the queue.
        TimeoutStopSec = "5min";
      };
    };
  };
}
