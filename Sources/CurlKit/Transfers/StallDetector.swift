/// Notices that a transfer no longer moves; a pure state machine that is asked now and then.
struct StallDetector {
    private let limit: Duration
    private let interval: Duration
    private var moved: Int64 = 0
    private var lastMove: ContinuousClock.Instant

    /// When to ask next.
    private(set) var nextCheck: ContinuousClock.Instant

    init(limit: Duration, now: ContinuousClock.Instant) {
        self.limit = limit
        interval = max(limit / 8, .milliseconds(5))
        lastMove = now
        nextCheck = now + interval
    }

    /// - Parameters:
    ///   - moved: the number of bytes that moved so far, in both directions.
    ///   - isExcused: whether it is not the network's fault that nothing moves.
    mutating func isStalled(moved: Int64, isExcused: Bool, at now: ContinuousClock.Instant) -> Bool {
        nextCheck = now + interval
        if isExcused || moved != self.moved {
            self.moved = moved
            lastMove = now
        }
        return lastMove.duration(to: now) >= limit
    }
}
