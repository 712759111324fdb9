# Evaluates the modules, without nixpkgs:
#
#   nix-instantiate --eval --strict --json packaging/nix/tests -A failures    [] where all is well
#   nix-instantiate --eval --strict --json packaging/nix/tests -A units       the units of each machine, as text
let
  lib = import ./lib.nix;
  machine = import ./machine.nix;

  quoted = arguments: builtins.concatStringsSep " " (map builtins.toJSON arguments);
  store = name: "/nix/store/00000000000000000000000000000000-${name}";

  machines = builtins.mapAttrs (_: machine) {
    nothing = { };

    embedded.services.niks3.enable = true;

    shared.services = {
      niks3 = {
        enable = true;
        httpAddr = ":5751";
        socketActivation = true;
        cacheUrl = "https://cache.example.org/a%20b";
        cachePriority = 20;
        apiTokenFile = "/run/secrets/token";
        tokensFile = "/run/secrets/tokens";
        signKeyFiles = [
          "/run/secrets/key-1"
          "/run/secrets/key-2"
        ];
        maxNarSize = 1000000;
        requireCompleteClosures = true;
        readProxy.enable = true;
        s3 = {
          endpoint = "s3.example.org";
          bucket = "cache";
          region = "eu-central-1";
          useSSL = false;
          accessKeyFile = "/run/secrets/s3-access-key";
          secretKeyFile = "/run/secrets/s3-secret-key";
        };
        oidc.providers.github = {
          issuer = "https://token.actions.githubusercontent.com";
          audience = "https://niks3.example.org";
          boundClaims.repository_owner = [ "acme" ];
        };
        oidc.providers.gitlab = {
          issuer = "https://gitlab.example.org";
          audience = "https://niks3.example.org";
          rules = [
            {
              boundSubject = [ "project_path:acme/*:ref_type:branch:ref:main" ];
              scopes = [
                "write"
                "admin"
              ];
              pins = [ "release-*" ];
            }
          ];
        };
        nginx = {
          enable = true;
          domain = "niks3.example.org";
        };
        gc = {
          olderThan = "1440h";
          schedule = "weekly";
          extraFlags = [ "--debug" ];
        };
        extraFlags = [
          "--log-format=json"
          "--db-pool=5"
        ];
      };
      niks3-auto-upload = {
        enable = true;
        serverUrl = "https://niks3.example.org";
        authTokenFile = "/run/secrets/token";
        batchSize = 100;
        idleExitTimeout = 0;
        skipUpstreams = [ "https://cache.nixos.org" ];
        debug = true;
      };
    };

    remote.services = {
      niks3 = {
        enable = true;
        apiTokenFile = "/run/secrets/token";
        signKeyFiles = [ "/run/secrets/key" ];
        database = {
          createLocally = false;
          connectionString = "postgres://niks3@db.example.org/niks3?passfile=%2Frun%2Fpass";
          poolSize = 20;
        };
        s3 = {
          endpoint = "https://s3.example.org";
          bucket = "cache";
          useIAM = true;
          bucketLookup = "path";
          concurrency = 50;
        };
        serverUrl = "https://niks3.example.org";
        tls = {
          certFile = "/run/secrets/cert.pem";
          keyFile = "/run/secrets/key.pem";
          clientCaFile = "/run/secrets/ca.pem";
          boundSubjects = [ "CN=ci,O=Acme Ltd" ];
          boundSubjectsRead = [ "CN=*,OU=readers,*" ];
        };
        readProxy = {
          enable = true;
          tokenFiles = [ "/run/secrets/read-token" ];
        };
        signProgram = {
          path = "/run/current-system/sw/bin/sign";
          publicKeys = [
            "module-1:a"
            "module-2:b"
          ];
        };
        maxConcurrentPushes = 8;
        maxPushObjects = 100000;
        oidc.configFile = "/etc/niks3/oidc.json";
        gc.enable = false;
      };
      niks3-auto-upload = {
        enable = true;
        serverUrl = "https://niks3.example.org";
        clientCertFile = "/run/secrets/client.pem";
        clientKeyFile = "/run/secrets/client-key.pem";
        socketPath = "/run/it's/hook.sock";
      };
    };

    wrong.services = {
      niks3 = {
        enable = true;
        s3.bucket = "cache";
        tls.clientCaFile = "/run/secrets/ca.pem";
        signProgram.publicKeys = [ "module-1:a" ];
        nginx.domain = "niks3.example.org";
        oidc.configFile = "/etc/niks3/oidc.json";
        oidc.providers.x = {
          issuer = "https://x";
          audience = "x";
        };
      };
      niks3-auto-upload = {
        enable = true;
        serverUrl = "https://niks3.example.org";
      };
    };
  };

  refused =
    module:
    let
      result = machine module;
    in
    !(builtins.tryEval (builtins.deepSeq result.units true)).success;

  service = name: unit: machines.${name}.config.systemd.services.${unit};
  nginx = machines.shared.config.services.nginx.virtualHosts."niks3.example.org";

  # What is expected, by what it is about: [actual expected].
  expectations = {
    "nothing is set up unless it is enabled" = [
      machines.nothing.units
      { }
    ];

    "embedded: the command" = [
      (service "embedded" "niks3").serviceConfig.ExecStart
      (quoted [ "${store "niks3-server"}/bin/niks3-server" ])
    ];
    "embedded: the environment" = [
      (service "embedded" "niks3").environment
      { NIKS3_HTTP_ADDR = "127.0.0.1:5751"; }
    ];
    "embedded: no secrets, no database, no proxy, no socket" = [
      {
        inherit ((service "embedded" "niks3").serviceConfig) LoadCredential;
        inherit (machines.embedded.config.services) postgresql nginx;
        inherit (machines.embedded.config.systemd) sockets;
      }
      {
        LoadCredential = [ ];
        postgresql = { };
        nginx = { };
        sockets = { };
      }
    ];
    "embedded: a collection with the token that the server made" = [
      {
        inherit ((service "embedded" "niks3-gc").serviceConfig) ExecStart LoadCredential;
        inherit (service "embedded" "niks3-gc") environment startAt;
        inherit (machines.embedded.config.systemd.timers.niks3-gc) timerConfig;
      }
      {
        ExecStart = quoted [
          "${store "niks3"}/bin/niks3"
          "gc"
          "--older-than=720h"
          "--failed-uploads-older-than=6h"
        ];
        LoadCredential = [ "api-token:/var/lib/niks3/api-token" ];
        environment = {
          NIKS3_SERVER_URL = "http://127.0.0.1:5751";
          NIKS3_AUTH_TOKEN_FILE = "%d/api-token";
        };
        startAt = "daily";
        timerConfig = {
          RandomizedDelaySec = "1h";
          Persistent = true;
        };
      }
    ];
    "embedded: the user" = [
      machines.embedded.config.users
      {
        users.niks3 = {
          isSystemUser = true;
          group = "niks3";
        };
        groups.niks3 = { };
      }
    ];

    "shared: the command" = [
      (service "shared" "niks3").serviceConfig.ExecStart
      (quoted [
        "${store "niks3-server"}/bin/niks3-server"
        "--log-format=json"
        "--db-pool=5"
      ])
    ];
    "shared: the environment" = [
      (service "shared" "niks3").environment
      {
        NIKS3_API_TOKEN_PATH = "%d/api-token";
        NIKS3_CACHE_PRIORITY = "20";
        NIKS3_CACHE_URL = "https://cache.example.org/a%%20b";
        NIKS3_DB = "host=/run/postgresql user=niks3 dbname=niks3";
        NIKS3_ENABLE_READ_PROXY = "true";
        NIKS3_HTTP_ADDR = ":5751";
        NIKS3_MAX_NAR_SIZE = "1000000";
        NIKS3_OIDC_CONFIG = store "niks3-oidc.json";
        NIKS3_REQUIRE_COMPLETE_CLOSURES = "true";
        NIKS3_S3_ACCESS_KEY_PATH = "%d/s3-access-key";
        NIKS3_S3_BUCKET = "cache";
        NIKS3_S3_ENDPOINT = "s3.example.org";
        NIKS3_S3_REGION = "eu-central-1";
        NIKS3_S3_SECRET_KEY_PATH = "%d/s3-secret-key";
        NIKS3_S3_USE_IAM = "false";
        NIKS3_S3_USE_SSL = "false";
        NIKS3_SERVER_URL = "https://niks3.example.org";
        NIKS3_SIGN_KEY_PATHS = "%d/sign-key-0 %d/sign-key-1";
        NIKS3_TOKENS_PATH = "/run/secrets/tokens";
      }
    ];
    "shared: the secrets" = [
      (service "shared" "niks3").serviceConfig.LoadCredential
      [
        "api-token:/run/secrets/token"
        "s3-access-key:/run/secrets/s3-access-key"
        "s3-secret-key:/run/secrets/s3-secret-key"
        "sign-key-0:/run/secrets/key-1"
        "sign-key-1:/run/secrets/key-2"
      ]
    ];
    "shared: the database" = [
      {
        inherit (machines.shared.config.services) postgresql;
        inherit (service "shared" "niks3") requires;
      }
      {
        postgresql = {
          enable = true;
          ensureDatabases = [ "niks3" ];
          ensureUsers = [
            {
              name = "niks3";
              ensureDBOwnership = true;
            }
          ];
        };
        requires = [ "postgresql.service" ];
      }
    ];
    "shared: the socket" = [
      machines.shared.config.systemd.sockets.niks3.listenStreams
      [ "5751" ]
    ];
    "shared: nginx" = [
      {
        inherit (nginx) enableACME forceSSL;
        inherit (nginx.locations."/") proxyPass;
      }
      {
        enableACME = true;
        forceSSL = true;
        proxyPass = "http://127.0.0.1:5751";
      }
    ];
    "shared: the collection" = [
      {
        inherit (service "shared" "niks3-gc") startAt;
        inherit ((service "shared" "niks3-gc").serviceConfig) ExecStart LoadCredential;
      }
      {
        startAt = "weekly";
        ExecStart = quoted [
          "${store "niks3"}/bin/niks3"
          "gc"
          "--older-than=1440h"
          "--failed-uploads-older-than=6h"
          "--debug"
        ];
        LoadCredential = [ "api-token:/run/secrets/token" ];
      }
    ];
    "shared: nothing to complain about" = [
      {
        inherit (machines.shared) complaints;
        inherit (machines.shared.config) warnings;
      }
      {
        complaints = [ ];
        warnings = [ ];
      }
    ];

    "remote: the environment" = [
      (service "remote" "niks3").environment
      {
        NIKS3_API_TOKEN_PATH = "%d/api-token";
        NIKS3_DB = "postgres://niks3@db.example.org/niks3?passfile=%%2Frun%%2Fpass";
        NIKS3_DB_POOL = "20";
        NIKS3_ENABLE_READ_PROXY = "true";
        NIKS3_HTTP_ADDR = "127.0.0.1:5751";
        NIKS3_MAX_CONCURRENT_PUSHES = "8";
        NIKS3_MAX_PUSH_OBJECTS = "100000";
        NIKS3_OIDC_CONFIG = "/etc/niks3/oidc.json";
        NIKS3_READ_TOKEN_PATH = "%d/read-token-0";
        NIKS3_S3_BUCKET = "cache";
        NIKS3_S3_BUCKET_LOOKUP = "path";
        NIKS3_S3_CONCURRENCY = "50";
        NIKS3_S3_ENDPOINT = "https://s3.example.org";
        NIKS3_S3_USE_IAM = "true";
        NIKS3_S3_USE_SSL = "true";
        NIKS3_SERVER_URL = "https://niks3.example.org";
        NIKS3_SIGN_KEY_PATHS = "%d/sign-key-0";
        NIKS3_SIGN_PROGRAM = "/run/current-system/sw/bin/sign";
        NIKS3_SIGN_PROGRAM_PUBLIC_KEY = "module-1:a module-2:b";
        NIKS3_TLS_CERT = "%d/tls-cert";
        NIKS3_TLS_CLIENT_CA = "%d/tls-client-ca";
        NIKS3_TLS_KEY = "%d/tls-key";
      }
    ];
    "remote: the command" = [
      (service "remote" "niks3").serviceConfig.ExecStart
      (quoted [
        "${store "niks3-server"}/bin/niks3-server"
        "--mtls-bound-subject=CN=ci,O=Acme Ltd"
        "--mtls-bound-subject-read=CN=*,OU=readers,*"
      ])
    ];
    "remote: no database here and no collections" = [
      {
        inherit (machines.remote.config.services) postgresql;
        inherit (machines.remote.config.systemd) timers;
        hasCollections = machines.remote.config.systemd.services ? niks3-gc;
        inherit (machines.remote) complaints;
      }
      {
        postgresql = { };
        timers = { };
        hasCollections = false;
        complaints = [ ];
      }
    ];

    "auto-upload: the command" = [
      (service "shared" "niks3-auto-upload").serviceConfig.ExecStart
      (quoted [
        "${store "niks3"}/bin/niks3-hook"
        "serve"
        "--db-path=/var/lib/niks3-hook/upload-queue.db"
        "--batch-size=100"
        "--idle-exit-timeout=0"
        "--max-concurrent-uploads=30"
        "--skip-upstream=https://cache.nixos.org"
        "--debug"
      ])
    ];
    "auto-upload: the environment" = [
      {
        inherit (service "shared" "niks3-auto-upload") environment path;
        inherit ((service "shared" "niks3-auto-upload").serviceConfig) LoadCredential;
      }
      {
        environment = {
          NIKS3_SERVER_URL = "https://niks3.example.org";
          NIKS3_AUTH_TOKEN_FILE = "%d/auth-token";
          XDG_CACHE_HOME = "%C/niks3-hook";
        };
        path = [ machines.shared.config.nix.package ];
        LoadCredential = [ "auth-token:/run/secrets/token" ];
      }
    ];
    "auto-upload: the socket" = [
      {
        inherit (machines.shared.config.systemd.sockets.niks3-auto-upload) listenStreams socketConfig wantedBy;
        inherit (service "shared" "niks3-auto-upload") requires;
      }
      {
        listenStreams = [ "/run/niks3/upload-to-cache.sock" ];
        socketConfig.SocketMode = "0600";
        wantedBy = [ "sockets.target" ];
        requires = [ "niks3-auto-upload.socket" ];
      }
    ];
    "auto-upload: the hook" = [
      (map (name: machines.${name}.config.nix.settings.post-build-hook.text) [
        "shared"
        "remote"
      ])
      [
        "exec ${store "niks3"}/bin/niks3-hook send --socket '/run/niks3/upload-to-cache.sock'\n"
        "exec ${store "niks3"}/bin/niks3-hook send --socket '/run/it'\\''s/hook.sock'\n"
      ]
    ];
    "auto-upload: a client certificate" = [
      {
        inherit (service "remote" "niks3-auto-upload") environment;
        inherit ((service "remote" "niks3-auto-upload").serviceConfig) ExecStart LoadCredential;
      }
      {
        environment = {
          NIKS3_SERVER_URL = "https://niks3.example.org";
          XDG_CACHE_HOME = "%C/niks3-hook";
        };
        ExecStart =
          quoted [
            "${store "niks3"}/bin/niks3-hook"
            "serve"
            "--db-path=/var/lib/niks3-hook/upload-queue.db"
            "--batch-size=50"
            "--idle-exit-timeout=60s"
            "--max-concurrent-uploads=30"
          ]
          + " --client-cert=%d/client-cert --client-key=%d/client-key";
        LoadCredential = [
          "client-cert:/run/secrets/client.pem"
          "client-key:/run/secrets/client-key.pem"
        ];
      }
    ];

    "wrong settings are named" = [
      {
        inherit (machines.wrong) complaints;
        inherit (machines.wrong.config) warnings;
      }
      {
        complaints = [
          "services.niks3.s3.endpoint is missing: name the service that has the bucket."
          "services.niks3.s3 needs either accessKeyFile and secretKeyFile, or useIAM."
          "services.niks3.apiTokenFile is missing: make a token with `openssl rand -hex 32`."
          "services.niks3.tls.clientCaFile needs certFile and keyFile too."
          "services.niks3.signProgram needs both path and publicKeys."
          "services.niks3.oidc.configFile and services.niks3.oidc.providers exclude each other."
          "services.niks3-auto-upload.authTokenFile is missing: name the file of the API token."
        ];
        warnings = [ "services.niks3.signKeyFiles is empty: nothing is signed." ];
      }
    ];
    "wrong types and names are refused" = [
      (map refused [
        {
          services.niks3 = {
            enable = true;
            httpAddr = "localhost";
          };
        }
        {
          services.niks3 = {
            enable = true;
            apiTokenFile = "relative";
          };
        }
        {
          services.niks3 = {
            enable = true;
            s3.buckett = "cache";
          };
        }
        {
          services.niks3-auto-upload = {
            enable = true;
            serverUrl = "https://niks3.example.org";
            batchSize = 0;
          };
        }
        { services.niks3-auto-upload.enable = true; }
      ])
      [
        true
        true
        true
        true
        true
      ]
    ];

    "the packages take the archives" = [
      (map (package: { inherit (package) pname src installPhase; }) [
        machines.shared.config.services.niks3.package
        machines.shared.config.services.niks3.clientPackage
      ])
      [
        {
          pname = "niks3-server";
          src = "/dist/niks3-server_Linux_x86_64.tar.gz";
          installPhase = ''
            runHook preInstall
            install -D -m 755 -t $out/bin niks3-server
            cp -r share $out/share
            runHook postInstall
          '';
        }
        {
          pname = "niks3";
          src = "/dist/niks3_Linux_x86_64.tar.gz";
          installPhase = ''
            runHook preInstall
            install -D -m 755 -t $out/bin niks3 niks3-hook
            cp -r share $out/share
            runHook postInstall
          '';
        }
      ]
    ];
    "what the packages load at run time is found" = [
      (map (package: map (dependency: dependency.name) package.runtimeDependencies) [
        machines.shared.config.services.niks3.package
        machines.shared.config.services.niks3.clientPackage
      ])
      [
        [ "curl" ]
        [ "curl" ]
      ]
    ];
    "the file of OIDC providers" = [
      (import ../oidc.nix lib machines.shared.config.services.niks3.oidc)
      {
        allow_insecure = false;
        providers = {
          github = {
            issuer = "https://token.actions.githubusercontent.com";
            audience = "https://niks3.example.org";
            bound_claims.repository_owner = [ "acme" ];
          };
          gitlab = {
            issuer = "https://gitlab.example.org";
            audience = "https://niks3.example.org";
            rules = [
              {
                bound_subject = [ "project_path:acme/*:ref_type:branch:ref:main" ];
                scopes = [
                  "write"
                  "admin"
                ];
                pins = [ "release-*" ];
              }
            ];
          };
        };
      }
    ];
  };
in
{
  failures = builtins.concatMap (
    name:
    let
      actual = builtins.elemAt expectations.${name} 0;
      expected = builtins.elemAt expectations.${name} 1;
    in
    lib.optional (actual != expected) { inherit name actual expected; }
  ) (builtins.attrNames expectations);

  # Only of machines that are set up as they should be.
  units = builtins.mapAttrs (_: machine: machine.units) (builtins.removeAttrs machines [ "wrong" ]);
}
