public import CacheCore
import CoreMetrics
import CurlKit
public import Logging
import NarKit
import Synchronization

/// Fills a cache from others: what the bucket lacks is fetched from them, passed on, and stored.
///
/// Only narinfos that a trusted key has signed, and NARs. A NAR is stored with the narinfo that names it, once it is there
/// whole and is the one that the narinfo names.
public final class PullThrough: Sendable {
    /// A narinfo that an upstream gave, and that verifies.
    struct Known: Sendable {
        let pulled: PulledNarInfo
        /// The number of the upstream.
        let upstream: Int
        let validUntil: ContinuousClock.Instant
        /// Whether the bucket has it.
        var isStored = false
    }

    private struct State {
        var byKey: LeastRecentlyUsed<Known>
        /// By what the narinfos name as the URLs of their NARs.
        var byURL: LeastRecentlyUsed<Known>
        var absent = LeastRecentlyUsed<ContinuousClock.Instant>(capacity: PullThrough.rememberedAbsences)
        /// The NARs that are on their way into the bucket.
        var storing: Set<String> = []
    }

    /// How many things are remembered that no upstream has.
    private static let rememberedAbsences = 100_000

    let configuration: PullThroughConfiguration
    let pulls: PullService
    let narInfoUpstreams: [UpstreamCache]
    let narUpstreams: [UpstreamCache]
    let slots: Semaphore
    let logger: Logger
    /// How this server calls itself to the caches it asks: a request that comes back is not passed on again.
    let name = "niks3-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let counters = ["hit", "miss", "negative"].map {
        Counter(label: "niks3_pull_through_requests_total", dimensions: [("result", $0)])
    }
    private let clients: [HTTPClient]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - configuration: whom to ask and whom to believe.
    ///   - uploads: the uploads of the cache.
    ///   - logger: for what is refused, and for what cannot be stored.
    public init(_ configuration: PullThroughConfiguration, uploads: UploadService, logger: Logger) {
        self.configuration = configuration
        pulls = PullService(uploads: uploads)
        self.logger = logger
        slots = Semaphore(max(1, configuration.narConcurrency))
        let narInfos = Self.client(connections: configuration.narInfoConcurrency)
        let nars = Self.client(connections: configuration.narConcurrency)
        clients = [narInfos, nars]
        let name = name
        narInfoUpstreams = configuration.upstreams.map { UpstreamCache(url: $0, http: narInfos, name: name) }
        narUpstreams = configuration.upstreams.map { UpstreamCache(url: $0, http: nars, name: name) }
        let half = configuration.rememberedBytes / 2
        state = Mutex(State(byKey: LeastRecentlyUsed(capacity: half), byURL: LeastRecentlyUsed(capacity: half)))
    }

    private static func client(connections: Int) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        configuration.userAgent = "niks3-server"
        configuration.maximumConnectionsPerHost = connections
        configuration.maximumConnections = connections
        return HTTPClient(configuration: configuration)
    }

    /// Ends all connections to upstreams. What is under way fails.
    public func close() async {
        for client in clients { await client.shutdown() }
    }

    // MARK: What is remembered

    /// A narinfo that may be passed on without asking again.
    func known(key: String) -> Known? {
        state.withLock { state in
            guard let known = state.byKey.value(for: key), known.validUntil > .now else { return nil }
            return known
        }
    }

    /// The narinfo that names a URL as that of its NAR.
    func known(url: String) -> Known? {
        state.withLock { $0.byURL.value(for: url) }
    }

    func remember(_ known: Known) {
        let cost = known.pulled.bytes.count + 2048
        state.withLock { state in
            state.byKey.insert(known, for: known.pulled.key.text, cost: cost)
            state.byURL.insert(known, for: known.pulled.narInfo.url, cost: cost)
        }
    }

    /// Takes note that the bucket has it now; of narinfos the bucket is asked from now on.
    func noteStored(_ known: Known) {
        var stored = known
        stored.isStored = true
        state.withLock { state in
            state.byKey.remove(stored.pulled.key.text)
            state.byURL.insert(stored, for: stored.pulled.narInfo.url, cost: stored.pulled.bytes.count + 2048)
        }
    }

    func isKnownAbsent(_ path: String) -> Bool {
        state.withLock { ($0.absent.value(for: path) ?? .now) > .now }
    }

    func rememberAbsence(of path: String) {
        let end = ContinuousClock.now + configuration.negativeLifetime
        state.withLock { $0.absent.insert(end, for: path, cost: 1) }
    }

    /// Lets one at a time store a NAR.
    /// - Returns: nil while another one does.
    func turn(for narKey: String) -> StoringTurn? {
        guard state.withLock({ $0.storing.insert(narKey).inserted }) else { return nil }
        return StoringTurn(narKey, of: self)
    }

    fileprivate func endTurn(for narKey: String) {
        state.withLock { _ = $0.storing.remove(narKey) }
    }

    func count(_ status: CacheStatus) {
        switch status {
        case .hit: counters[0].increment()
        case .miss: counters[1].increment()
        case .negative: counters[2].increment()
        }
    }
}

/// The turn of whoever stores a NAR, over once nobody holds on to it.
final class StoringTurn: Sendable {
    private let narKey: String
    private let pull: PullThrough

    fileprivate init(_ narKey: String, of pull: PullThrough) {
        self.narKey = narKey
        self.pull = pull
    }

    deinit { pull.endTurn(for: narKey) }
}
