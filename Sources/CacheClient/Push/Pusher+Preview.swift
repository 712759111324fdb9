internal import Synchronization
public import NarKit

extension Pusher {
    /// Finds out what a push would do, without changing anything.
    ///
    /// - Parameter roots: The paths.
    /// - Returns: What would be done.
    /// - Throws: ``ClientError`` when the store or the server cannot be asked.
    public func preview(_ roots: [StorePath]) async throws(ClientError) -> PushPreview {
        let everything = try await plan(roots)
        let plan = try await leaveOutUpstream(everything, monitor: PushMonitor { _ in })
        let lacking = Mutex<[PathInfo]>([])
        try await forEachConcurrently(plan.paths, limit: options.maximumConcurrentUploads) { path throws(ClientError) in
            guard try await !api.objectExists(path.narinfoKey) else { return }
            lacking.withLock { $0.append(path.info) }
        }
        let newPaths = lacking.withLock { $0 }.sorted { $0.storePath < $1.storePath }
        return PushPreview(
            newPaths: newPaths, cachedPaths: plan.paths.count - newPaths.count,
            upstreamPaths: everything.paths.count - plan.paths.count)
    }
}
