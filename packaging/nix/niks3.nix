# services.niks3: the server, its collections, its database and its place behind nginx.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  inherit (lib)
    mkDefault
    mkEnableOption
    mkIf
    mkOption
    types
    ;
  cfg = config.services.niks3;
  isShared = cfg.s3.bucket != null;
  usesLocalDatabase = isShared && cfg.database.createLocally;
  hasTLS = cfg.tls.certFile != null;

  secretFile =
    description:
    mkOption {
      type = types.nullOr types.path;
      default = null;
      example = "/run/secrets/niks3";
      inherit description;
    };

  # Claims and subjects of a token, as globs.
  rule = {
    boundClaims = mkOption {
      type = types.attrsOf (types.listOf types.str);
      default = { };
      example = {
        repository_owner = [ "acme" ];
      };
      description = "Claims that a token has to have, each with globs of which one has to match.";
    };
    boundSubject = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Globs of which one has to match the subject of a token.";
    };
    scopes = mkOption {
      type = types.listOf (
        types.enum [
          "read"
          "write"
          "admin"
        ]
      );
      default = [ ];
      description = "What a token allows; `write` where nothing is said.";
    };
  };
  oidcFile =
    if cfg.oidc.configFile != null then
      cfg.oidc.configFile
    else
      pkgs.writeText "niks3-oidc.json" (builtins.toJSON (import ./oidc.nix lib cfg.oidc));
  hasOIDC = cfg.oidc.configFile != null || cfg.oidc.providers != { };

  # The files that systemd hands over: their owners and modes do not matter then.
  credentials = lib.filterAttrs (_: file: file != null) (
    {
      api-token = cfg.apiTokenFile;
      s3-access-key = cfg.s3.accessKeyFile;
      s3-secret-key = cfg.s3.secretKeyFile;
      tls-cert = cfg.tls.certFile;
      tls-key = cfg.tls.keyFile;
      tls-client-ca = cfg.tls.clientCaFile;
    }
    // builtins.listToAttrs (
      numbered "sign-key" cfg.signKeyFiles ++ numbered "read-token" cfg.readProxy.tokenFiles
    )
  );
  numbered =
    prefix:
    lib.imap0 (
      index: file: {
        name = "${prefix}-${toString index}";
        value = file;
      }
    );
  # The paths of credentials with numbers, separated by spaces.
  paths =
    prefix: files:
    if files == [ ] then
      null
    else
      lib.concatStringsSep " " (lib.imap0 (index: _: "%d/${prefix}-${toString index}") files);
  credential = name: if credentials ? ${name} then "%d/${name}" else null;

  # In a unit, a percent sign begins a specifier.
  literal = value: if value == null then null else lib.replaceStrings [ "%" ] [ "%%" ] value;
  boolean = value: if value == null then null else lib.boolToString value;
  number = value: if value == null then null else toString value;

  environment = lib.filterAttrs (_: value: value != null) {
    NIKS3_HTTP_ADDR = cfg.httpAddr;
    NIKS3_SERVER_URL = literal cfg.serverUrl;
    NIKS3_CACHE_URL = literal cfg.cacheUrl;
    NIKS3_CACHE_PRIORITY = number cfg.cachePriority;
    NIKS3_API_TOKEN_PATH = credential "api-token";
    # The server reads it again when it changes, so it is no credential, which is a copy.
    NIKS3_TOKENS_PATH = literal (if cfg.tokensFile == null then null else toString cfg.tokensFile);
    NIKS3_SIGN_KEY_PATHS = paths "sign-key" cfg.signKeyFiles;
    NIKS3_SIGN_PROGRAM = literal cfg.signProgram.path;
    NIKS3_SIGN_PROGRAM_PUBLIC_KEY =
      if cfg.signProgram.publicKeys == [ ] then
        null
      else
        literal (lib.concatStringsSep " " cfg.signProgram.publicKeys);
    NIKS3_ENABLE_READ_PROXY = boolean cfg.readProxy.enable;
    NIKS3_READ_TOKEN_PATH = paths "read-token" cfg.readProxy.tokenFiles;
    NIKS3_MAX_NAR_SIZE = number cfg.maxNarSize;
    NIKS3_MAX_CONCURRENT_PUSHES = number cfg.maxConcurrentPushes;
    NIKS3_MAX_PUSH_OBJECTS = number cfg.maxPushObjects;
    NIKS3_REQUIRE_COMPLETE_CLOSURES = boolean cfg.requireCompleteClosures;
    NIKS3_OIDC_CONFIG = if hasOIDC then literal "${oidcFile}" else null;
    NIKS3_TLS_CERT = credential "tls-cert";
    NIKS3_TLS_KEY = credential "tls-key";
    NIKS3_TLS_CLIENT_CA = credential "tls-client-ca";

    NIKS3_DB = if isShared then literal cfg.database.connectionString else null;
    NIKS3_DB_POOL = if isShared then number cfg.database.poolSize else null;
    NIKS3_S3_ENDPOINT = literal cfg.s3.endpoint;
    NIKS3_S3_BUCKET = literal cfg.s3.bucket;
    NIKS3_S3_REGION = literal cfg.s3.region;
    NIKS3_S3_USE_SSL = if isShared then boolean cfg.s3.useSSL else null;
    NIKS3_S3_USE_IAM = if isShared then boolean cfg.s3.useIAM else null;
    NIKS3_S3_BUCKET_LOOKUP = literal cfg.s3.bucketLookup;
    NIKS3_S3_CONCURRENCY = number cfg.s3.concurrency;
    NIKS3_S3_ACCESS_KEY_PATH = credential "s3-access-key";
    NIKS3_S3_SECRET_KEY_PATH = credential "s3-secret-key";
  };

  # ":5751" listens everywhere; from this machine that is reached at the loopback address.
  localAddress =
    let
      parts = builtins.match "(.*):([0-9]+)" cfg.httpAddr;
      host = builtins.elemAt parts 0;
    in
    if
      lib.elem host [
        ""
        "0.0.0.0"
        "[::]"
      ]
    then
      "127.0.0.1:${builtins.elemAt parts 1}"
    else
      cfg.httpAddr;

  hardening = import ./hardening.nix;
in
{
  options.services.niks3 = {
    enable = mkEnableOption "niks3, a Nix binary cache with garbage collection";

    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ./package.nix { pname = "niks3-server"; };
      defaultText = "the niks3-server of the release";
      description = "The package with `niks3-server`.";
    };

    clientPackage = mkOption {
      type = types.package;
      default = pkgs.callPackage ./package.nix { };
      defaultText = "the niks3 of the release";
      description = "The package with `niks3`, which starts collections.";
    };

    httpAddr = mkOption {
      type = types.strMatching ".*:[0-9]+";
      default = "127.0.0.1:5751";
      example = ":5751";
      description = "Where the server listens.";
    };

    socketActivation = mkOption {
      type = types.bool;
      default = false;
      description = "Whether systemd listens for the server, so that connections wait while it restarts.";
    };

    serverUrl = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "https://niks3.example.org";
      description = "How clients reach the server; otherwise what each request says.";
    };

    cacheUrl = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "https://cache.example.org";
      description = "Where readers find the cache, if not at the server.";
    };

    cachePriority = mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      example = 30;
      description = "The priority among substituters; Nix asks lower ones first.";
    };

    apiTokenFile = secretFile ''
      The file of the API token of clients that push, of at least 36 characters. Without a bucket one is made at
      /var/lib/niks3/api-token.
    '';

    tokensFile = secretFile "The file of further, named tokens with scopes; the server's user has to read it.";

    signKeyFiles = mkOption {
      type = types.listOf types.path;
      default = [ ];
      example = [ "/run/secrets/niks3-signing-key" ];
      description = "Files of the keys to sign with. Without a bucket one is made at /var/lib/niks3/signing-key.";
    };

    signProgram = {
      path = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "/run/current-system/sw/bin/sign-with-module";
        description = "A program that signs, in place of or beside keys in files.";
      };
      publicKeys = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "cache.example.org-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" ];
        description = "The public halves of the keys that it signs with.";
      };
    };

    maxNarSize = mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      description = "The largest NAR that is taken, in bytes before compression.";
    };

    maxConcurrentPushes = mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      description = "How many pushes one credential may have under way at once.";
    };

    maxPushObjects = mkOption {
      type = types.nullOr types.ints.unsigned;
      default = null;
      description = "How many objects one credential may list at once.";
    };

    requireCompleteClosures = mkOption {
      type = types.nullOr types.bool;
      default = null;
      description = "Whether closures with references that are not in the cache are refused.";
    };

    readProxy = {
      enable = mkOption {
        type = types.nullOr types.bool;
        default = null;
        description = "Whether the server serves readers itself. Without a bucket it does unless this is false.";
      };
      tokenFiles = mkOption {
        type = types.listOf types.path;
        default = [ ];
        example = [ "/run/secrets/niks3-read-token" ];
        description = "Files of tokens that allow only reading. With one, all reads take a token.";
      };
    };

    s3 = {
      bucket = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "nix-cache";
        description = "The bucket. Without one, everything is kept in /var/lib/niks3, with SQLite.";
      };
      endpoint = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "s3.eu-central-1.amazonaws.com";
        description = "The S3 service: a host, or an address with its scheme.";
      };
      region = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "eu-central-1";
        description = "The region of the bucket.";
      };
      useSSL = mkOption {
        type = types.bool;
        default = true;
        description = "Whether TLS is used where the endpoint names no scheme.";
      };
      useIAM = mkOption {
        type = types.bool;
        default = false;
        description = "Whether credentials are those of the machine rather than those of files.";
      };
      bucketLookup = mkOption {
        type = types.nullOr (
          types.enum [
            "auto"
            "dns"
            "path"
          ]
        );
        default = null;
        description = "Where the name of the bucket goes: into the host, or into the path.";
      };
      concurrency = mkOption {
        type = types.nullOr types.ints.positive;
        default = null;
        description = "How many requests to the service may be in flight.";
      };
      accessKeyFile = secretFile "The file of the access key.";
      secretKeyFile = secretFile "The file of the secret key.";
    };

    database = {
      createLocally = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a PostgreSQL database is made on this machine. Without a bucket none is needed.";
      };
      connectionString = mkOption {
        type = types.str;
        default = "host=/run/postgresql user=${cfg.user} dbname=niks3";
        defaultText = "host=/run/postgresql user=niks3 dbname=niks3";
        example = "postgres://niks3@db.example.org/niks3?sslmode=verify-full";
        description = ''
          The database, as libpq takes it. Everybody can read it: a password belongs into a file that `passfile=`
          names.
        '';
      };
      poolSize = mkOption {
        type = types.nullOr types.ints.positive;
        default = null;
        description = "How many connections to the database there are at most.";
      };
    };

    oidc = {
      providers = mkOption {
        default = { };
        description = "Those whose tokens are taken.";
        example = {
          github = {
            issuer = "https://token.actions.githubusercontent.com";
            audience = "https://niks3.example.org";
            boundClaims.repository_owner = [ "acme" ];
          };
        };
        type = types.attrsOf (
          types.submodule {
            options = rule // {
              issuer = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "The issuer, as its tokens name it; that of the token in `bearerTokenFile` where it is left out.";
              };
              audience = mkOption {
                type = types.str;
                description = "Whom tokens have to be made for.";
              };
              rules = mkOption {
                default = [ ];
                description = "Instead of claims and scopes for all: a token has what the rules that match it grant.";
                type = types.listOf (
                  types.submodule {
                    options = rule // {
                      pins = mkOption {
                        type = types.listOf types.str;
                        default = [ ];
                        description = "Globs of names of pins that are reserved for this rule.";
                      };
                    };
                  }
                );
              };
              jwksUrl = mkOption {
                type = types.nullOr types.str;
                default = null;
                description = "Where the issuer's keys are, where it does not say so.";
              };
              caFile = mkOption {
                type = types.nullOr types.path;
                default = null;
                description = "Certificates that are trusted when the issuer is asked.";
              };
              bearerTokenFile = mkOption {
                type = types.nullOr types.path;
                default = null;
                description = "The token that the issuer is asked with, as Kubernetes wants.";
              };
            };
          }
        );
      };
      allowInsecure = mkOption {
        type = types.bool;
        default = false;
        description = "Whether issuers may be reached without TLS. For tests.";
      };
      configFile = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "A file to use instead of the providers above.";
      };
    };

    tls = {
      certFile = secretFile ''
        The certificate in PEM; without it the server speaks HTTP. A renewed one counts when the service is restarted.
      '';
      keyFile = secretFile "The key of the certificate in PEM.";
      clientCaFile = secretFile "Whose certificates clients may show instead of a token.";
      boundSubjects = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "CN=ci-*,O=Acme" ];
        description = "Globs of the subjects that may do everything; all of them where none is given here and for reading.";
      };
      boundSubjectsRead = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "CN=*,OU=readers,O=Acme" ];
        description = "Globs of the subjects that may only read. With one, all reads take a credential.";
      };
    };

    nginx = {
      enable = mkEnableOption "nginx in front of the server";
      domain = mkOption {
        type = types.str;
        example = "niks3.example.org";
        description = "The name of the virtual host.";
      };
      enableACME = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a certificate is requested by ACME.";
      };
      forceSSL = mkOption {
        type = types.bool;
        default = true;
        description = "Whether HTTP is answered with the address of HTTPS.";
      };
    };

    gc = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether garbage is collected by a timer.";
      };
      olderThan = mkOption {
        type = types.str;
        default = "720h";
        description = "How long ago a closure was last pushed when it goes.";
      };
      failedUploadsOlderThan = mkOption {
        type = types.str;
        default = "6h";
        description = "How long ago an unfinished upload began when it goes.";
      };
      schedule = mkOption {
        type = types.str;
        default = "daily";
        description = "When to collect, as OnCalendar= of systemd.time(7).";
      };
      randomizedDelaySec = mkOption {
        type = types.either types.str types.ints.unsigned;
        default = "1h";
        description = "How much later than that at most, by chance.";
      };
      extraFlags = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "More flags of `niks3 gc`.";
      };
    };

    extraFlags = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "--log-format=json" ];
      description = "More flags of `niks3-server`.";
    };

    user = mkOption {
      type = types.str;
      default = "niks3";
      description = "The user that the server runs as, and connects to a local database as.";
    };

    group = mkOption {
      type = types.str;
      default = "niks3";
      description = "The group that the server runs as.";
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = isShared -> cfg.s3.endpoint != null;
        message = "services.niks3.s3.endpoint is missing: name the service that has the bucket.";
      }
      {
        assertion = !isShared -> cfg.s3.endpoint == null;
        message = "services.niks3.s3.bucket is missing: name the bucket at the endpoint.";
      }
      {
        assertion =
          isShared
          -> builtins.all (file: cfg.s3.useIAM == (file == null)) [
            cfg.s3.accessKeyFile
            cfg.s3.secretKeyFile
          ];
        message = "services.niks3.s3 needs either accessKeyFile and secretKeyFile, or useIAM.";
      }
      {
        assertion = isShared -> cfg.apiTokenFile != null;
        message = "services.niks3.apiTokenFile is missing: make a token with `openssl rand -hex 32`.";
      }
      {
        assertion = (cfg.tls.certFile == null) == (cfg.tls.keyFile == null);
        message = "services.niks3.tls needs both certFile and keyFile.";
      }
      {
        assertion = cfg.tls.clientCaFile != null -> hasTLS;
        message = "services.niks3.tls.clientCaFile needs certFile and keyFile too.";
      }
      {
        assertion = cfg.tls.boundSubjects ++ cfg.tls.boundSubjectsRead != [ ] -> cfg.tls.clientCaFile != null;
        message = "services.niks3.tls.boundSubjects and boundSubjectsRead need clientCaFile too.";
      }
      {
        assertion = (cfg.signProgram.path == null) == (cfg.signProgram.publicKeys == [ ]);
        message = "services.niks3.signProgram needs both path and publicKeys.";
      }
      {
        assertion = hasTLS -> !cfg.nginx.enable;
        message = "services.niks3.tls and services.niks3.nginx exclude each other: nginx speaks TLS already.";
      }
      {
        assertion = hasTLS && cfg.gc.enable -> cfg.serverUrl != null;
        message = "services.niks3.serverUrl is missing: collections need the name in the certificate.";
      }
      {
        assertion = cfg.oidc.configFile == null || cfg.oidc.providers == { };
        message = "services.niks3.oidc.configFile and services.niks3.oidc.providers exclude each other.";
      }
      {
        assertion = usesLocalDatabase -> cfg.user == "niks3";
        message = "services.niks3.user has to be niks3, as the database is, where the database is made here.";
      }
    ];

    warnings = lib.optional (
      isShared && cfg.signKeyFiles == [ ] && cfg.signProgram.path == null
    ) "services.niks3.signKeyFiles is empty: nothing is signed.";

    services.niks3.serverUrl = mkIf cfg.nginx.enable (
      mkDefault "${if cfg.nginx.forceSSL then "https" else "http"}://${cfg.nginx.domain}"
    );

    users.users = mkIf (cfg.user == "niks3") {
      niks3 = {
        isSystemUser = true;
        group = cfg.group;
      };
    };
    users.groups = mkIf (cfg.group == "niks3") { niks3 = { }; };

    services.postgresql = mkIf usesLocalDatabase {
      enable = true;
      ensureDatabases = [ "niks3" ];
      ensureUsers = [
        {
          name = "niks3";
          ensureDBOwnership = true;
        }
      ];
    };

    systemd.services.niks3 = {
      description = "Nix binary cache";
      documentation = [ "man:niks3-server(8)" ];
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      requires = lib.optional usesLocalDatabase "postgresql.service";
      # The target, where there is one, is reached once the user and the database are made.
      after = [
        "network-online.target"
      ]
      ++ lib.optionals usesLocalDatabase [
        "postgresql.service"
        "postgresql.target"
      ];
      inherit environment;
      serviceConfig = hardening // {
        Type = "notify";
        NotifyAccess = "main";
        # Subjects may hold spaces, which separate the patterns of a variable.
        ExecStart = utils.escapeSystemdExecArgs (
          [ "${cfg.package}/bin/niks3-server" ]
          ++ map (subject: "--mtls-bound-subject=${subject}") cfg.tls.boundSubjects
          ++ map (subject: "--mtls-bound-subject-read=${subject}") cfg.tls.boundSubjectsRead
          ++ cfg.extraFlags
        );
        LoadCredential = lib.mapAttrsToList (name: file: "${name}:${toString file}") credentials;
        User = cfg.user;
        Group = cfg.group;
        StateDirectory = "niks3";
        StateDirectoryMode = "0700";
        PrivateUsers = true;
        RemoveIPC = true;
        Restart = "on-failure";
        RestartSec = "5s";
        # A setting that cannot be used does not get better.
        RestartPreventExitStatus = 2;
        WatchdogSec = "60s";
        TimeoutStopSec = "30s";
        # Each connection may have a file or a connection to the bucket besides its socket.
        LimitNOFILE = 65536;
      };
    };

    systemd.sockets.niks3 = mkIf cfg.socketActivation {
      description = "Nix binary cache";
      wantedBy = [ "sockets.target" ];
      # systemd writes all interfaces as a port alone.
      listenStreams = [ (lib.removePrefix ":" cfg.httpAddr) ];
      socketConfig = {
        NoDelay = true;
        Backlog = 1024;
      };
    };

    systemd.services.niks3-gc = mkIf cfg.gc.enable {
      description = "Collection of the Nix binary cache's garbage";
      documentation = [ "man:niks3-gc(1)" ];
      wants = [ "network-online.target" ];
      after = [
        "network-online.target"
        "niks3.service"
      ];
      startAt = cfg.gc.schedule;
      environment = {
        NIKS3_SERVER_URL = if hasTLS then literal cfg.serverUrl else "http://${localAddress}";
        NIKS3_AUTH_TOKEN_FILE = "%d/api-token";
      };
      serviceConfig = hardening // {
        Type = "oneshot";
        ExecStart = utils.escapeSystemdExecArgs (
          [
            "${cfg.clientPackage}/bin/niks3"
            "gc"
            "--older-than=${cfg.gc.olderThan}"
            "--failed-uploads-older-than=${cfg.gc.failedUploadsOlderThan}"
          ]
          ++ cfg.gc.extraFlags
        );
        LoadCredential = [
          "api-token:${toString (if cfg.apiTokenFile != null then cfg.apiTokenFile else "/var/lib/niks3/api-token")}"
        ];
        DynamicUser = true;
        PrivateUsers = true;
      };
    };
    systemd.timers.niks3-gc = mkIf cfg.gc.enable {
      timerConfig = {
        RandomizedDelaySec = cfg.gc.randomizedDelaySec;
        Persistent = true;
      };
    };

    services.nginx = mkIf cfg.nginx.enable {
      enable = true;
      virtualHosts.${cfg.nginx.domain} = {
        inherit (cfg.nginx) enableACME forceSSL;
        locations."/" = {
          proxyPass = "http://${localAddress}";
          # It would set Host a second time.
          recommendedProxySettings = false;
          # NARs of any size pass through in both directions, without being kept here.
          extraConfig = ''
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            client_max_body_size 0;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_read_timeout 300s;
            proxy_send_timeout 300s;
          '';
        };
      };
    };
  };
}
