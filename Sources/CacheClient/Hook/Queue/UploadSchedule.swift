/// Decides which paths of the queue are pushed next, and when; pure.
///
/// Paths are pushed in batches. A batch that fails is gone through path by path, so that one bad path does not hold up the
/// others; a path that fails alone is pushed alone from then on, later and later, after all others. Several failures in a
/// row, or one that has nothing to do with paths, mean that nothing works at the moment: then everything pauses.
struct UploadSchedule {
    /// What to do next.
    enum Step: Equatable {
        case push([String])
        /// Nothing before an instant, unless there are new paths or the end has come.
        case wait(until: Duration)
        /// The queue is empty.
        case idle
        /// The daemon may end: nothing is left, or nothing that would succeed now.
        case finished
    }

    /// A path that failed alone.
    private struct Failure {
        var attempts = 0
        var isDueAt = Duration.zero
        /// Whether it was tried once more before the end.
        var wasTriedLast = false
    }

    /// The first wait after a failure.
    static let firstDelay = Duration.seconds(1)
    /// The longest wait after failures.
    static let longestDelay = Duration.seconds(15 * 60)
    /// How many paths may fail one after the other until it is taken for a failure of everything.
    static let tolerance = 3
    /// How many paths that failed alone are remembered.
    static let failureLimit = 1000

    /// The rest of a batch that failed.
    private var suspects: [String] = []
    private var failures: [String: Failure] = [:]
    private var failuresInARow = 0
    private var pauses = 0
    private var pausedUntil = Duration.zero
    private var isDraining = false
    private var hasGivenUp = false

    /// The paths that are not to be in the next batch.
    var heldBack: [String] { suspects + failures.keys }

    /// From now on everything that waits is tried without further waiting, once.
    mutating func drain() { isDraining = true }

    /// Chooses what to do.
    ///
    /// - Parameters:
    ///   - batch: The first paths of the queue without those that are held back.
    ///   - now: The time since some beginning.
    func next(batch: [String], at now: Duration) -> Step {
        if hasGivenUp { return .finished }
        if !isDraining, pausedUntil > now { return .wait(until: pausedUntil) }
        if let path = suspects.first { return .push([path]) }
        if !batch.isEmpty { return .push(batch) }
        let open = failures.filter { !isDraining || !$0.value.wasTriedLast }
        let earliest = open.min { ($0.value.isDueAt, $0.key) < ($1.value.isDueAt, $1.key) }
        guard let (path, failure) = earliest else { return isDraining ? .finished : .idle }
        return isDraining || failure.isDueAt <= now ? .push([path]) : .wait(until: failure.isDueAt)
    }

    /// Takes note of paths that are out of the queue: pushed, alone or in the closure of another, or vanished.
    ///
    /// - Parameters:
    ///   - paths: The paths.
    ///   - isSuccess: Whether something was pushed.
    mutating func note(done paths: some Sequence<String>, isSuccess: Bool) {
        let paths = Set(paths)
        suspects.removeAll(where: paths.contains)
        for path in paths { failures[path] = nil }
        guard isSuccess else { return }
        failuresInARow = 0
        pauses = 0
    }

    /// Takes note of a push that failed.
    ///
    /// - Parameters:
    ///   - paths: What was to be pushed.
    ///   - code: Why it was not.
    ///   - now: The time since some beginning.
    mutating func note(failed paths: [String], _ code: ClientError.Code, at now: Duration) {
        guard !Self.concernsEverything(code) else { return pause(at: now) }
        guard paths.count == 1, let path = paths.first else {
            suspects = paths
            failuresInARow = 0
            return
        }
        suspects.removeAll { $0 == path }
        if failures[path] != nil || failures.count < Self.failureLimit {
            var failure = failures[path] ?? Failure()
            failure.attempts += 1
            failure.isDueAt = now + Self.delay(after: failure.attempts)
            failure.wasTriedLast = isDraining
            failures[path] = failure
        }
        failuresInARow += 1
        // A storage that cannot be reached takes its time to say so: one more path is enough of a check.
        if failuresInARow >= (code == .unreachable ? 1 : Self.tolerance) { pause(at: now) }
    }

    private mutating func pause(at now: Duration) {
        suspects = []
        failuresInARow = 0
        pauses += 1
        pausedUntil = now + Self.delay(after: pauses)
        if isDraining { hasGivenUp = true }
    }

    /// The wait after so many failures, 1 at least.
    static func delay(after failures: Int) -> Duration {
        var delay = firstDelay
        for _ in 1..<max(1, failures) where delay < longestDelay { delay = delay * 2 }
        return min(delay, longestDelay)
    }

    /// Whether a failure says nothing about the paths.
    private static func concernsEverything(_ code: ClientError.Code) -> Bool {
        [.credentials, .unauthorized, .forbidden, .nixMissing, .unsupportedNix, .cancelled].contains(code)
    }
}
