internal import CacheCore
public import CurlKit
public import NarKit
internal import Synchronization

/// Checks closures as a reader of the cache sees them: narinfos, signatures, references, sizes, and NARs as a whole.
public struct CacheVerifier: Sendable {
    /// What is done beyond asking for what is there.
    public struct Options: Sendable {
        /// Whether NARs are fetched, decompressed and hashed.
        public var isDeep = false
        /// Who has to have signed each narinfo; nil checks no signatures.
        public var trustedKeys: TrustedKeys?
        /// The value of the header `Authorization` for a cache that asks for credentials; it goes to no other server.
        public var authorization: String?
        /// How many requests are under way at once, at least 1.
        public var concurrency = 16
        /// How many NARs are hashed at once, at least 1.
        public var processors = 2

        /// Makes the standard options.
        public init() {}
    }

    private let cache: String
    private let directory: StoreDirectory
    private let options: Options
    private let reader: CacheReader

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - cache: The `http` or `https` address that Nix reads.
    ///   - directory: The store directory of the paths.
    ///   - http: What sends the requests.
    ///   - options: What is checked.
    ///   - policy: When a request is sent again.
    ///   - onRetry: Is told when one is.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when the address is none.
    public init(
        cache: String, directory: StoreDirectory = .standard, http: HTTPClient, options: Options = Options(),
        policy: RetryPolicy = RetryPolicy(), onRetry: @escaping @Sendable (RequestRetry) -> Void = { _ in }
    ) throws(ClientError) {
        self.cache = try ServerURL(cache).description
        self.directory = directory
        self.options = options
        reader = CacheReader(
            cache: self.cache, authorization: options.authorization, http: http, retrier: Retrier(policy: policy),
            sender: RequestSender(http: http, policy: policy, onRetry: onRetry))
    }

    /// Walks the closures of some paths.
    ///
    /// - Parameters:
    ///   - roots: The paths to begin with.
    ///   - onPath: Is told of each path that has been checked.
    /// - Returns: What is there, and what is wrong with it.
    /// - Throws: ``ClientError`` when the cache cannot be asked.
    public func verify(
        _ roots: [StorePath], onPath: @escaping @Sendable (StorePath) -> Void = { _ in }
    ) async throws(ClientError) -> VerifyReport {
        let report = Mutex(VerifyReport())
        let processors = Semaphore(max(1, options.processors))
        var seen = Set(roots)
        var layer = Array(seen).sorted()
        // Layer by layer over the references: what is not read yet is only paths, however large the closure.
        while !layer.isEmpty {
            let found = Mutex<Set<StorePath>>([])
            try await forEachConcurrently(layer, limit: max(1, options.concurrency)) { path throws(ClientError) in
                let (info, problems) = try await check(path, processors)
                report.withLock { report in
                    report.problems += problems
                    guard let info else { return }
                    report.paths += 1
                    report.narBytes += info.narSize
                }
                if let info { found.withLock { $0.formUnion(info.references) } }
                onPath(path)
            }
            layer = found.withLock { $0 }.filter { seen.insert($0).inserted }.sorted()
        }
        var result = report.withLock { $0 }
        result.problems.sort { ($0.key, $0.message) < ($1.key, $1.message) }
        return result
    }

    private func check(
        _ path: StorePath, _ processors: Semaphore
    ) async throws(ClientError) -> (NarInfo?, [VerifyProblem]) {
        let key = "\(path.hashPart).narinfo"
        func problem(_ message: String) -> VerifyProblem { VerifyProblem(key: key, message: message) }
        guard let bytes = try await reader.small(key, limit: NarInfo.defaultMaximumByteCount) else {
            return (nil, [problem("\(key) of \(path) is missing.")])
        }
        let info: NarInfo
        do throws(NarKitError) {
            info = try NarInfo(parsing: bytes, storeDirectory: directory)
        } catch {
            return (nil, [problem("\(key) of \(path) cannot be read: \(error.message)")])
        }
        guard info.storePath == path else {
            return (nil, [problem("\(key) is that of \(info.storePath), not of \(path).")])
        }
        var problems: [VerifyProblem] = []
        if let keys = options.trustedKeys, !info.isSigned(by: keys) {
            problems.append(problem("\(key) of \(path) has no signature of a trusted key."))
        }
        let complaint =
            try await options.isDeep
            ? processors.withUnits(1) { () throws(ClientError) in try await reader.contentProblem(of: info) }
            : reader.sizeProblem(of: info)
        if let complaint {
            problems.append(VerifyProblem(key: info.url, message: "\(info.url) of \(path) \(complaint)."))
        }
        return (info, problems)
    }
}
