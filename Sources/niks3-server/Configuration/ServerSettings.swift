import CacheCore
import CacheServer
import Logging
import NarKit
import ProgramKit

/// What the server was told, by flags and by the environment, checked.
struct ServerSettings: Sendable {
    let storage: StorageSettings
    let address: ListenAddress
    /// Nil to have one made in the data directory.
    let apiToken: String?
    /// Where the token lies, for what is printed at the start; nil where it was given itself.
    let apiTokenPath: String?
    let access: AccessSettings
    /// Nil to speak without TLS.
    let tls: TLSFiles?
    /// Nil where all keys are in files.
    let signProgram: SignProgramSettings?
    let pushLimits: PushLimits
    /// None to have one made in the data directory, or to sign nothing with a database.
    let signingKeys: [SecretKey]
    let cacheURL: String?
    let serverURL: URLOrigin?
    let servesReads: Bool
    let reading: ReadingSettings
    /// Nil where nothing comes from other caches.
    let pullThrough: PullThroughSettings?
    let priority: Int
    /// In bytes.
    let maximumNarSize: Int64?
    let narSinglePut: Bool
    let requireCompleteClosures: Bool
    /// Nil where the server does not collect by itself.
    let schedule: CollectionSchedule?
    let storeDirectory: StoreDirectory
    let logFormat: LogFormat
    let logLevel: Logger.Level
    /// Other than the standard ones in tests only.
    let times: LifecycleTimes?

    /// - Parameter needsToken: whether a server is started, which with a database needs the token of its clients.
    /// - Throws: ``ConfigurationError`` with a sentence for the first setting that cannot be used.
    init(
        options: ServerOptions, environment: [String: String], needsToken: Bool = true
    ) throws(ConfigurationError) {
        let source = SettingSource(environment: environment)
        storage = try StorageSettings(options: options, source: source)
        let isShared = if case .shared = storage { true } else { false }
        let serving = options.serving
        address = try ListenAddress(
            parsing: source.text("http-addr", serving.httpAddr) ?? (isShared ? ":5751" : "127.0.0.1:5751"))
        apiToken = try Self.apiToken(options.access, source, isNeeded: isShared && needsToken)
        apiTokenPath = source.text("api-token-path", options.access.apiTokenPath)
        tls = try TLSFiles(serving, source)
        access = try AccessSettings(options.access, source, tls: tls)
        signProgram = try SignProgramSettings(options.access, source)
        signingKeys = try Self.signingKeys(options.access.signKeyPath, environment["NIKS3_SIGN_KEY_PATHS"])
        cacheURL = try source.text("cache-url", serving.cacheUrl).map { url throws(ConfigurationError) in
            try WebURL(flag: "cache-url", url).text
        }
        serverURL = try source.text("server-url", serving.serverUrl).map { url throws(ConfigurationError) in
            try WebURL(flag: "server-url", url).origin
        }
        servesReads = source.flag("enable-read-proxy", serving.enableReadProxy, default: !isShared)
        reading = try ReadingSettings(
            options: options.reading, source: source, isShared: isShared, servesReads: servesReads)
        pullThrough = try PullThroughSettings(
            options: options.pullThrough, source: source, servesReads: servesReads)
        if let pullThrough, isShared {
            let own = signingKeys.map(\.publicKey) + (signProgram?.publicKeys ?? [])
            _ = try pullThrough.configuration(own: own, storeDirectory: .standard)
        }
        priority = Int(try source.number("cache-priority", serving.cachePriority, least: 0, default: 30))
        let uploads = options.uploads
        let limit = try source.number("max-nar-size", uploads.maxNarSize, least: 0, default: 0)
        maximumNarSize = limit == 0 ? nil : limit
        pushLimits = try PushLimits(uploads, source)
        narSinglePut = source.flag("nar-single-put", uploads.narSinglePut, default: true)
        requireCompleteClosures = source.flag(
            "require-complete-closures", uploads.requireCompleteClosures, default: false)
        storeDirectory = try Self.converted("NIX_STORE_DIR") {
            try environment["NIX_STORE_DIR"].map(StoreDirectory.init) ?? .standard
        }
        logFormat = try source.choice("log-format", options.log.logFormat, default: .text)
        let isDebug = source.flag("debug", options.log.debug, default: false)
        logLevel = try source.choice("log-level", options.log.logLevel, default: isDebug ? .debug : .info)
        if isDebug, logLevel > .debug {
            throw ConfigurationError("--debug and --log-level \(logLevel) contradict each other; give one of them")
        }
        times = try Self.converted(LifecycleTimes.environmentVariable) {
            try environment[LifecycleTimes.environmentVariable].map { try LifecycleTimes(parsing: $0) }
        }
        schedule = try CollectionSchedule(options: options.collections, source: source, times: times)
    }

    private static func apiToken(
        _ given: AccessOptions, _ source: SettingSource, isNeeded: Bool
    ) throws(ConfigurationError) -> String? {
        guard let token = try source.secret("api-token", given.apiToken, path: given.apiTokenPath) else {
            guard !isNeeded else {
                throw ConfigurationError(
                    "with --db an API token has to be given; make one with 'openssl rand -hex 32 > FILE' and give "
                        + "--api-token-path FILE")
            }
            return nil
        }
        _ = try StaticTokenAuthenticator(token: token)
        return token
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
