internal import CacheCore
public import Logging
public import NarKit

/// Pushes closures of the local store into a cache.
public struct Pusher: Sendable {
    /// The server.
    public let api: APIClient
    /// The local store.
    public let store: any StoreReader
    /// How it is done; the bounds on threads, memory and requests are those that the pusher was made with.
    public var options: PushOptions
    let logger: Logger
    /// Shared by all pushes of this pusher, so that several at once hold no more than one.
    private let resources: PushResources

    /// Makes a pusher.
    ///
    /// - Parameters:
    ///   - api: The server.
    ///   - store: The local store.
    ///   - options: How pushes are done.
    ///   - logger: Where details go; what is thrown is not logged.
    public init(api: APIClient, store: any StoreReader, options: PushOptions = PushOptions(), logger: Logger) {
        self.api = api
        self.store = store
        self.options = options
        self.logger = logger
        resources = PushResources(options)
    }

    /// Pushes some paths with all they refer to.
    ///
    /// A push that failed or was cancelled can simply be done again: what has arrived is not sent twice.
    ///
    /// - Parameters:
    ///   - roots: The paths.
    ///   - onEvent: Is told what happens, from several tasks at once; it should return at once.
    /// - Returns: What was done.
    /// - Throws: ``ClientError``; then nothing of this push is visible in the cache, but for what other pushes share.
    public func push(
        _ roots: [StorePath], onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }
    ) async throws(ClientError) -> PushSummary {
        let clock = ContinuousClock()
        let start = clock.now
        let monitor = PushMonitor(onEvent)
        if let directory = options.journalDirectory { await UploadJournal.tidy(directory: directory) }
        let configuration = try await api.cacheConfiguration()
        monitor.note(.connected)
        let everything = try await plan(roots)
        let whole = try await leaveOutUpstream(everything, monitor: monitor)
        let upstreamPaths = everything.paths.count - whole.paths.count
        monitor.note(.planned(paths: whole.paths.count, narBytes: whole.narBytes))
        let allowed = await leaveOutTooLarge(whole, limit: configuration.maximumNarSize, monitor: monitor)
        let wanted = await leaveOutPresent(allowed)
        if !wanted.roots.isEmpty {
            let context = UploadContext(
                api: api, directories: store.directories, options: options, resources: resources,
                monitor: monitor,
                reports: UploadReports(api: api, interval: options.reportInterval, logger: logger), logger: logger)
            try await context.reports.during { () throws(ClientError) in
                try await upload(wanted, of: allowed, configuration: configuration, context: context)
            }
        }
        var summary = monitor.summary
        summary.newPaths = monitor.newPathCount
        summary.cachedPaths = allowed.paths.count - summary.newPaths
        summary.skippedPaths = whole.paths.count - allowed.paths.count
        summary.upstreamPaths = upstreamPaths
        summary.duration = start.duration(to: clock.now)
        return summary
    }

    // MARK: - Planning

    func plan(_ roots: [StorePath]) async throws(ClientError) -> ClosurePlan {
        var closure = try await store.closure(of: roots)
        if options.leavesOutReferences {
            let named = Set(roots)
            closure = closure.filter { named.contains($0.storePath) }
        }
        let realisations = try await store.realisations(for: closure)
        let directories = store.directories
        let derivers = Set(closure.compactMap(\.deriver))
        let logs = await BlockingWork.run {
            var logs: [StorePath: BuildLogFile] = [:]
            for deriver in derivers {
                let file = directories.logFiles(of: deriver).first { FileAccess.exists($0.path) }
                if let file { logs[deriver] = BuildLogFile(path: file.path, format: file.format) }
            }
            return logs
        }
        let plan = ClosurePlan(roots: roots, closure: closure, realisations: realisations, buildLogs: logs)
        return options.leavesOutReferences ? plan.declaringReferencesExternal : plan
    }

    /// Leaves out what other substituters have.
    func leaveOutUpstream(
        _ plan: ClosurePlan, monitor: PushMonitor
    ) async throws(ClientError) -> ClosurePlan {
        guard !options.skippedUpstreams.isEmpty else { return plan }
        let query = UpstreamQuery(api: api, substituters: options.skippedUpstreams)
        let found = try await query.present(plan.paths.map(\.narinfoKey), limit: options.maximumConcurrentUploads)
        for warning in query.warnings { monitor.note(.warning(warning)) }
        return found.isEmpty ? plan : plan.leavingOut(found)
    }

    /// Leaves out the roots whose closures hold a NAR that the server does not take.
    private func leaveOutTooLarge(_ plan: ClosurePlan, limit: Int64?, monitor: PushMonitor) async -> ClosurePlan {
        guard let limit, limit > 0, plan.paths.contains(where: { $0.info.narSize > limit }) else { return plan }
        var allowed: [String] = []
        for root in plan.roots {
            guard let large = plan.restricted(to: [root]).paths.first(where: { $0.info.narSize > limit }) else {
                allowed.append(root)
                continue
            }
            let path = plan.paths.first { $0.narinfoKey == root }?.info.storePath
            let reason =
                "\(path?.baseName ?? root) was skipped: the NAR of \(large.info.storePath) has \(large.info.narSize) bytes, "
                + "and \(api.server) takes at most \(limit)."
            if let path { monitor.note(skipped: path, because: reason) }
            monitor.note(.warning(reason))
        }
        let rest = plan.restricted(to: allowed)
        let kept = Set(rest.paths.map(\.narinfoKey))
        let skipped = plan.paths.filter { !kept.contains($0.narinfoKey) }
        do throws(ClientError) {
            try await api.uploadsSkipped(
                UploadsSkippedRequest(
                    paths: Int64(skipped.count),
                    narBytes: Int64(clamping: skipped.reduce(UInt64(0)) { $0 + $1.info.narSize })))
        } catch {
            logger.debug("what was skipped was not reported: \(error.message)")
        }
        return rest
    }

    /// Leaves out what the server has as closures of their own, where asking is worth it.
    private func leaveOutPresent(_ plan: ClosurePlan) async -> ClosurePlan {
        guard !options.verifiesStorage, plan.paths.count >= options.presenceThreshold else { return plan }
        let present: Set<String>
        do throws(ClientError) {
            present = Set(try await api.present(plan.paths.map(\.narinfoKey)))
        } catch {
            logger.debug("what is present is not known: \(error.message)")
            return plan
        }
        // A root whose signatures are wanted has to be listed.
        return plan.restricted(to: plan.roots, without: options.signsRoots ? present.subtracting(plan.roots) : present)
    }

    // MARK: - Uploading

    /// How many uploads of one root each are under way at once, with a server that takes no more in one.
    private static let concurrentUploads = 4

    private func upload(
        _ plan: ClosurePlan, of whole: ClosurePlan, configuration: CacheConfiguration, context: UploadContext
    ) async throws(ClientError) {
        if configuration.pushes {
            do throws(ClientError) {
                try await upload(plan, of: whole, family: .push, context: context)
                return
            } catch  where error.code == .notFound {
                logger.debug("\(api.server) has no /api/pushes: one upload for each path is used")
            }
        }
        try await forEachConcurrently(plan.roots, limit: Self.concurrentUploads) { root throws(ClientError) in
            try await upload(
                plan.restricted(to: [root]), of: whole.restricted(to: [root]), family: .pendingClosure, context: context
            )
        }
    }

    /// Creates and runs an upload; once more, with the whole closure, when something it relied on went away or an
    /// address was too old.
    private func upload(
        _ plan: ClosurePlan, of whole: ClosurePlan, family: UploadFamily, context: UploadContext
    ) async throws(ClientError) {
        let session = UploadSession(
            plan: plan, family: family, response: try await create(plan, family: family), context: context)
        do throws(ClientError) {
            try await session.run()
            return
        } catch  where [.incomplete, .notFound, .expired].contains(error.code) {
            context.monitor.note(.warning("\(error.message) It is tried once more."))
        }
        let second = UploadSession(
            plan: whole, family: family, response: try await create(whole, family: family), context: context)
        do throws(ClientError) {
            try await second.run()
        } catch  where error.code == .notFound {
            // To the caller this would look like a missing route.
            throw ClientError(.incomplete, error.message, cause: error)
        }
    }

    private func create(
        _ plan: ClosurePlan, family: UploadFamily
    ) async throws(ClientError) -> CreateUploadResponse {
        let objects = plan.objects
        let request =
            switch family {
            case .push:
                CreateUploadRequest(
                    roots: plan.roots, objects: objects, verifyS3: options.verifiesStorage,
                    external: plan.externalReferences)
            case .pendingClosure:
                CreateUploadRequest(
                    closure: plan.roots.first ?? "", objects: objects, verifyS3: options.verifiesStorage,
                    external: plan.externalReferences)
            }
        return try await api.createUpload(request, family: family)
    }
}
