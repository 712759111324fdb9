internal import CacheCore
internal import CurlKit
public import Logging
internal import NarKit

/// Pushes paths of the queue.
public protocol HookUploading: Sendable {
    /// Pushes some paths with all they refer to.
    ///
    /// - Parameter paths: Paths as the hook gave them; they may have vanished since.
    /// - Returns: What can be taken out of the queue.
    /// - Throws: ``ClientError`` when not all of them could be pushed.
    func push(_ paths: [String]) async throws(ClientError) -> HookOutcome
}

/// What a push for the hook came to.
public struct HookOutcome: Sendable, Equatable {
    /// The paths that are in the cache now: those that were named and all in their closures.
    public var pushed: [String]
    /// The paths that are gone from the store, or were never in it.
    public var vanished: [String]
    /// What was done; nil when everything had vanished.
    public var summary: PushSummary?

    /// Makes an outcome.
    ///
    /// - Parameters:
    ///   - pushed: The paths that are in the cache.
    ///   - vanished: The paths that are not in the store.
    ///   - summary: What was done.
    public init(pushed: [String] = [], vanished: [String] = [], summary: PushSummary? = nil) {
        self.pushed = pushed
        self.vanished = vanished
        self.summary = summary
    }
}

/// Pushes paths of the queue to a server.
public struct HookUploader: HookUploading {
    private let api: APIClient
    private let store: any StoreReader
    private let options: PushOptions
    private let logger: Logger

    /// Makes an uploader.
    ///
    /// - Parameters:
    ///   - api: The server.
    ///   - store: The local store.
    ///   - options: How pushes are done.
    ///   - logger: Where details go.
    public init(api: APIClient, store: any StoreReader, options: PushOptions, logger: Logger) {
        self.api = api
        self.store = store
        self.options = options
        self.logger = logger
    }

    /// Pushes what is still in the store. Each push is a trace of its own.
    public func push(_ paths: [String]) async throws(ClientError) -> HookOutcome {
        let trace = TraceContext()
        var logger = logger
        logger[metadataKey: "trace_id"] = "\(trace.traceID)"
        let outcome: Result<HookOutcome, ClientError> = await TraceContext.$current.withValue(trace) {
            do throws(ClientError) {
                return .success(try await push(paths, logger: logger))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func push(_ paths: [String], logger: Logger) async throws(ClientError) -> HookOutcome {
        let (roots, vanished) = await BlockingWork.run { sort(paths) }
        guard !roots.isEmpty else { return HookOutcome(vanished: vanished) }
        let recorder = ClosureRecorder(store)
        let pusher = Pusher(api: api, store: recorder, options: options, logger: logger)
        do throws(ClientError) {
            let summary = try await pusher.push(roots) { [logger] event in
                if case .warning(let message) = event { logger.warning("\(message)") }
            }
            let directory = store.directories.store
            let pushed = recorder.paths.map { $0.path(in: directory) }
            // As they are in the queue, where they may be spelled otherwise.
            return HookOutcome(
                pushed: pushed + Set(paths).subtracting(pushed).subtracting(vanished).sorted(), vanished: vanished,
                summary: summary)
        } catch  where error.code == .invalidPath && paths.count == 1 {
            // Its files were still there, or came back, but Nix does not know it any more.
            return HookOutcome(vanished: paths)
        }
    }

    /// Tells what is in the store from what is not.
    private func sort(_ paths: [String]) -> (roots: [StorePath], vanished: [String]) {
        var roots: [StorePath] = []
        var vanished: [String] = []
        for path in paths {
            if let root = try? store.directories.storePath(ofArgument: path),
                FileAccess.hasEntry(at: store.directories.file(of: root))
            {
                roots.append(root)
            } else {
                vanished.append(path)
            }
        }
        return (roots, vanished)
    }
}
