/// The lengths of time that uploads and collections rely on.
///
/// Each is longer than what it has to outlast: a write window than the life of a URL, a busy period than the life of
/// a request of ours. ``validate()`` checks it.
public struct LifecycleTimes: Hashable, Sendable {
    /// U: how long a URL that a client got can be used.
    public var urlLifetime: Duration
    /// W: until when a request that was begun in time with such a URL may still end, counted from its making.
    public var writeWindow: Duration
    /// L: how long a write or delete of the server's own can take effect, counted from the instant it is dated with.
    public var leaseLifetime: Duration
    /// D: for how long a key is busy after a write or delete of the server's own was announced.
    public var busyPeriod: Duration
    /// After how long without a heartbeat a collection may be taken over.
    public var heartbeatLimit: Duration
    /// How long a create waits for keys that are just being deleted before it gives up.
    public var busyWait: Duration
    /// How long it pauses between two looks.
    public var busyPoll: Duration

    /// Makes a set of times.
    public init(
        urlLifetime: Duration, writeWindow: Duration, leaseLifetime: Duration, busyPeriod: Duration,
        heartbeatLimit: Duration, busyWait: Duration = .seconds(20), busyPoll: Duration = .milliseconds(250)
    ) {
        self.urlLifetime = urlLifetime
        self.writeWindow = writeWindow
        self.leaseLifetime = leaseLifetime
        self.busyPeriod = busyPeriod
        self.heartbeatLimit = heartbeatLimit
        self.busyWait = busyWait
        self.busyPoll = busyPoll
    }

    /// What servers use: U 5 h, W 6 h, L 60 s, D 2 min, heartbeats within 2 min.
    public static let standard = LifecycleTimes(
        urlLifetime: .seconds(5 * 3600), writeWindow: .seconds(6 * 3600), leaseLifetime: .seconds(60),
        busyPeriod: .seconds(120), heartbeatLimit: .seconds(120))

    /// The environment variable by which tests shorten the times. A server that reads it says so in its log.
    public static let environmentVariable = "NIKS3_UNSAFE_LIFECYCLE_TIMES"

    /// How long the object that a completed multipart upload makes may take to appear: W - U.
    public var completionWindow: Duration { writeWindow - urlLifetime }

    /// Parses the text of ``environmentVariable``: `U=20s,W=24s,L=2s,D=6s,heartbeat=4s`.
    ///
    /// What is left out keeps its standard value; `wait` and `poll` are the times of a create that waits.
    /// - Throws: ``CacheError`` for an unknown name, a value that is no duration, or times that do not outlast
    ///   each other.
    public init(parsing text: some StringProtocol) throws(CacheError) {
        self = .standard
        for setting in text.split(separator: ",") {
            let parts = setting.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw LifecycleTimes.error("'\(setting)' is not of the form name=duration")
            }
            let value = try Duration(goDuration: parts[1])
            switch parts[0] {
            case "U": urlLifetime = value
            case "W": writeWindow = value
            case "L": leaseLifetime = value
            case "D": busyPeriod = value
            case "heartbeat": heartbeatLimit = value
            case "wait": busyWait = value
            case "poll": busyPoll = value
            default: throw LifecycleTimes.error("'\(parts[0])' is none of U, W, L, D, heartbeat, wait and poll")
            }
        }
        try validate()
    }

    /// Checks that the times outlast each other: 0 < U < W, 0 < L < D, and positive heartbeat and poll.
    /// - Throws: ``CacheError`` with a sentence that names the two that do not.
    public func validate() throws(CacheError) {
        guard urlLifetime > .zero, urlLifetime < writeWindow else {
            throw LifecycleTimes.error("U must be positive and W longer than U")
        }
        guard leaseLifetime > .zero, leaseLifetime < busyPeriod else {
            throw LifecycleTimes.error("L must be positive and D longer than L")
        }
        guard heartbeatLimit > .zero, busyPoll > .zero, busyWait >= .zero else {
            throw LifecycleTimes.error("heartbeat and poll must be positive, wait not negative")
        }
    }

    private static func error(_ reason: String) -> CacheError {
        CacheError(.invalidRequest, "\(environmentVariable) cannot be used: \(reason); correct it or unset it.")
    }
}
