public import CacheCore
public import Logging
import Synchronization

/// The tokens of a file, each with a name, scopes and an end of its own.
public final class TokenFileAuthenticator: Authenticator {
    private struct Entry: Sendable {
        let record: TokenRecord
        let digest: TokenDigest
        let holder: Principal
    }

    private struct State {
        var version: TokenFile.Version?
        var entries: [Entry] = []
        var gatesReads = false
    }

    private let file: TokenFile
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let state = Mutex(State())

    /// Reads the file.
    ///
    /// - Parameters:
    ///   - file: where the tokens are.
    ///   - now: the time, for tokens that expire.
    ///   - logger: told of changes.
    /// - Throws: ``ConfigurationError`` where the file is missing or no file of tokens.
    public init(
        file: TokenFile, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) throws(ConfigurationError) {
        self.file = file
        self.now = now
        self.logger = logger
        try load()
    }

    /// A token with the scope `read` makes reads something that takes a token. So does one that is revoked or has
    /// expired: a cache is not opened to everybody by taking somebody's token away.
    public var gatesReads: Bool { state.withLock { $0.gatesReads } }

    /// The bearer of one of the tokens.
    public func authenticate(_ request: AuthenticationRequest) -> AuthenticationOutcome {
        guard let token = request.token else { return .absent }
        let digest = TokenDigest(of: token)
        var found: Entry?
        // All are compared, whether or not one was found: the time says nothing about which it is.
        for entry in state.withLock({ $0.entries }) where entry.digest.isEqual(to: digest) { found = entry }
        guard let found else { return .absent }
        guard found.record.isValid(at: now()) else {
            let reason = found.record.revokedAt == nil ? "the token has expired" : "the token is revoked"
            return .refused(AuthenticationRefusal(claimant: found.holder.name, reason: reason))
        }
        return .accepted(found.holder)
    }

    /// Reads the file again if it has changed. What cannot be read changes nothing: the tokens that were there still
    /// count. Blocks.
    public func reload() {
        let version = file.version
        guard version != state.withLock({ $0.version }) else { return }
        do {
            let count = try load()
            logger.notice("the tokens were read again", metadata: ["path": "\(file.path)", "tokens": "\(count)"])
        } catch {
            // Said once for each version.
            state.withLock { $0.version = version }
            logger.error("the tokens are still those from before", metadata: ["reason": "\(error)"])
        }
    }

    @discardableResult
    private func load() throws(ConfigurationError) -> Int {
        // Looked at before: a change while the file is read is then seen the next time.
        let version = file.version
        guard let list = try file.read() else {
            throw ConfigurationError(
                "--tokens-path \(file.path): there is no such file; make it with: niks3-server tokens add")
        }
        var entries: [Entry] = []
        for record in list.records {
            guard let digest = TokenDigest(hex: record.sha256) else { continue }
            let scopes = try Scopes(named: record.scopes, in: file.path)
            entries.append(
                Entry(
                    record: record, digest: digest,
                    holder: Principal(name: "token:\(record.name)", scopes: scopes)))
        }
        let gatesReads = list.records.contains { $0.scopes.contains("read") }
        state.withLock { $0 = State(version: version, entries: entries, gatesReads: gatesReads) }
        return entries.count
    }
}
