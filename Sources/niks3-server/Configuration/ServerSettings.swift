import CacheCore
import CacheServer
import Logging
import NarKit

/// What the server was told, by flags and by the environment, checked.
struct ServerSettings: Sendable {
    let dataDirectory: String
    let address: ListenAddress
    /// Nil to have one made in the data directory.
    let apiToken: String?
    /// Where the token lies, for what is printed at the start; nil where it was given itself.
    let apiTokenPath: String?
    /// None to have one made in the data directory.
    let signingKeys: [SecretKey]
    let cacheURL: String?
    let serverURL: URLOrigin?
    let servesReads: Bool
    let priority: Int
    /// In bytes.
    let maximumNarSize: Int64?
    let narSinglePut: Bool
    let requireCompleteClosures: Bool
    let storeDirectory: StoreDirectory
    let logFormat: LogFormat
    let logLevel: Logger.Level
    /// Other than the standard ones in tests only.
    let times: LifecycleTimes?

    /// - Throws: ``ConfigurationError`` with a sentence for the first setting that cannot be used.
    init(options: ServerOptions, environment: [String: String]) throws(ConfigurationError) {
        try Self.refuseForeignVariables(environment)
        let source = SettingSource(environment: environment)
        dataDirectory = try Self.dataDirectory(source.text("data-dir", options.dataDir), environment)
        address = try ListenAddress(parsing: source.text("http-addr", options.httpAddr) ?? "127.0.0.1:5751")
        apiToken = try source.secret("api-token", options.apiToken, path: options.apiTokenPath)
        apiTokenPath = source.text("api-token-path", options.apiTokenPath)
        signingKeys = try Self.signingKeys(options.signKeyPath, environment["NIKS3_SIGN_KEY_PATHS"])
        cacheURL = try source.text("cache-url", options.cacheUrl).map { url throws(ConfigurationError) in
            try WebURL(flag: "cache-url", url).text
        }
        serverURL = try source.text("server-url", options.serverUrl).map { url throws(ConfigurationError) in
            try WebURL(flag: "server-url", url).origin
        }
        servesReads = source.flag("enable-read-proxy", options.enableReadProxy, default: true)
        priority = Int(try source.number("cache-priority", options.cachePriority, least: 0, default: 30))
        let limit = try source.number("max-nar-size", options.maxNarSize, least: 0, default: 0)
        maximumNarSize = limit == 0 ? nil : limit
        narSinglePut = source.flag("nar-single-put", options.narSinglePut, default: true)
        requireCompleteClosures = source.flag(
            "require-complete-closures", options.requireCompleteClosures, default: false)
        storeDirectory = try Self.converted("NIX_STORE_DIR") {
            try environment["NIX_STORE_DIR"].map(StoreDirectory.init) ?? .standard
        }
        logFormat = try source.choice("log-format", options.logFormat, default: .text)
        let isDebug = source.flag("debug", options.debug, default: false)
        logLevel = try source.choice("log-level", options.logLevel, default: isDebug ? .debug : .info)
        if isDebug, logLevel > .debug {
            throw ConfigurationError("--debug and --log-level \(logLevel) contradict each other; give one of them")
        }
        times = try Self.converted(LifecycleTimes.environmentVariable) {
            try environment[LifecycleTimes.environmentVariable].map { try LifecycleTimes(parsing: $0) }
        }
    }

    /// A server that was set up for other storage must not start with an empty directory instead.
    private static func refuseForeignVariables(_ environment: [String: String]) throws(ConfigurationError) {
        let foreign = ["NIKS3_DB", "NIKS3_S3_", "NIKS3_OIDC_", "NIKS3_MTLS_", "NIKS3_TLS_"]
        for name in environment.keys.sorted() where foreign.contains(where: name.hasPrefix) {
            throw ConfigurationError("\(name) is not known to this server; unset it to run with a data directory")
        }
    }

    private static func dataDirectory(
        _ given: String?, _ environment: [String: String]
    ) throws(ConfigurationError) -> String {
        if let given { return given }
        // systemd lists several directories with colons; the first is ours.
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(state) }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/niks3" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/niks3" }
        throw ConfigurationError("there is no place to keep anything; give --data-dir")
    }

    private static func signingKeys(
        _ paths: [String], _ variable: String?
    ) throws(ConfigurationError) -> [SecretKey] {
        var keys: [SecretKey] = []
        for path in paths + (variable ?? "").split(separator: " ").map(String.init) {
            guard let text = try SecretFile(path: path).contents() else {
                throw ConfigurationError("--sign-key-path \(path): there is no such file")
            }
            let key = try converted("--sign-key-path \(path)") { try SecretKey(parsing: text) }
            guard !keys.contains(where: { $0.name == key.name }) else {
                throw ConfigurationError(
                    "--sign-key-path \(path): another key is named \(key.name) too; give one of them")
            }
            keys.append(key)
        }
        return keys
    }

    private static func converted<Value>(
        _ name: String, _ convert: () throws -> Value
    ) throws(ConfigurationError) -> Value {
        do {
            return try convert()
        } catch {
            throw ConfigurationError("\(name): \(error)")
        }
    }
}
