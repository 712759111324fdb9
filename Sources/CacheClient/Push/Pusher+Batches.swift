public import NarKit

extension Pusher {
    /// After so many failures in a row with no success, something is wrong that the next path will not mend.
    private static let failuresBeforeGivingUp = 3

    /// Pushes some paths together; when that fails, one by one, so that a bad path does not hold up the others.
    ///
    /// - Parameters:
    ///   - paths: The paths.
    ///   - onEvent: Is told what happens.
    /// - Returns: What became of each, in the order given, and what was done in all.
    public func pushEach(
        _ paths: [StorePath], onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async -> (outcomes: [PathOutcome], summary: PushSummary) {
        var (outcomes, summary) = await pushTogether(paths, onEvent: onEvent)
        guard paths.count > 1, let failure = outcomes.first?.failure, failure.code != .cancelled else {
            return (outcomes, summary)
        }
        var failures = 0
        var last = failure
        for index in paths.indices {
            if failures >= Self.failuresBeforeGivingUp || last.code == .cancelled {
                outcomes[index].failure =
                    last.code == .cancelled
                    ? last
                    : ClientError(last.code, "It was not tried, since the paths before it failed: \(last.message)")
                continue
            }
            let (single, done) = await pushTogether([paths[index]], onEvent: onEvent)
            summary.add(done)
            outcomes[index] = single[0]
            if let failure = single[0].failure {
                last = failure
                failures += 1
            } else {
                // One success shows that the others failed for reasons of their own.
                failures = .min
            }
        }
        return (outcomes, summary)
    }

    /// Pushes some paths together or not at all.
    func pushTogether(
        _ paths: [StorePath], onEvent: @escaping @Sendable (PushEvent) -> Void
    ) async -> (outcomes: [PathOutcome], summary: PushSummary) {
        do throws(ClientError) {
            let summary = try await push(paths, onEvent: onEvent)
            return (
                paths.map { path in
                    PathOutcome(
                        path: path, failure: summary.skippedRoots[path].map { ClientError(.rejected, $0) },
                        signatures: summary.signatures[path] ?? [])
                }, summary
            )
        } catch {
            return (paths.map { PathOutcome(path: $0, failure: error) }, PushSummary())
        }
    }
}
