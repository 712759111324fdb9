internal import CacheCore
internal import NarKit
internal import Synchronization

/// The streaming protocol of build farms: paths come in on one stream, and what became of each goes out on another.
///
/// Paths that come alone are pushed together, up to 50 at a time, and a path that fails does not hold up the others.
public final class PushStream: Sendable {
    private let pusher: Pusher
    private let descriptor: CInt
    private let lineLimit: Int
    private let write: @Sendable (String) -> Void
    private let onEvent: @Sendable (PushEvent) -> Void
    private let failures = Mutex(0)

    private static let batchSize = 50
    private static let concurrentPushes = 4

    /// Makes a stream.
    ///
    /// - Parameters:
    ///   - pusher: What pushes.
    ///   - descriptor: Where the lines come from.
    ///   - lineLimit: The largest number of bytes in a line.
    ///   - onEvent: Is told what happens.
    ///   - write: Writes one result, a line of JSON with its end.
    public init(
        pusher: Pusher, descriptor: CInt = 0, lineLimit: Int = 64 << 20,
        onEvent: @escaping @Sendable (PushEvent) -> Void = { _ in }, write: @escaping @Sendable (String) -> Void
    ) {
        var pusher = pusher
        pusher.options.signsRoots = true
        self.pusher = pusher
        self.descriptor = descriptor
        self.lineLimit = lineLimit
        self.onEvent = onEvent
        self.write = write
    }

    /// Serves the input to its end.
    ///
    /// When the task is cancelled, what was read and not pushed is reported as failed.
    ///
    /// - Returns: How many results were failures.
    /// - Throws: ``ClientError`` with the code `cancelled`, or when the input cannot be read.
    public func run() async throws(ClientError) -> Int {
        let slots = Semaphore(Self.concurrentPushes)
        let result: Result<Void, ClientError> = await withDiscardingTaskGroup { group in
            do throws(ClientError) {
                try await self.read(slots: slots, into: &group)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        guard !Task.isCancelled else { throw .cancelled }
        return failures.withLock { $0 }
    }

    private func read(slots: Semaphore, into group: inout DiscardingTaskGroup) async throws(ClientError) {
        let reader = LineReader(descriptor: descriptor, limit: lineLimit)
        var waiting: [String] = []
        do throws(ClientError) {
            while true {
                let line = try await waiting.isEmpty ? reader.next() : reader.nextIfReady()
                let request = line.flatMap { StreamRequest($0) }
                switch request {
                case .path(let path): waiting.append(path)
                case .batch(let id, let paths):
                    _ = try await start(paths, id: id, isAtomic: true, slots, &group)
                case .malformed(let text):
                    report(StreamResult(path: text, status: .error, message: "bad request line"))
                case nil where line == nil && waiting.isEmpty:
                    return
                case nil: break
                }
                // What is ready goes together; nobody waits for paths that may never come.
                guard waiting.count >= Self.batchSize || (line == nil && !waiting.isEmpty) else { continue }
                try await start(waiting, id: nil, isAtomic: false, slots, &group)
                waiting = []
            }
        } catch {
            for path in waiting { report(StreamResult(path: path, status: .error, message: error.message)) }
            throw error
        }
    }

    /// Begins a push as soon as there is room for it.
    private func start(
        _ paths: [String], id: StreamID?, isAtomic: Bool, _ slots: Semaphore, _ group: inout DiscardingTaskGroup
    ) async throws(ClientError) {
        let slot: Int
        do throws(ClientError) {
            slot = try await slots.acquire(1)
        } catch {
            if isAtomic { report(failure: error, of: paths, id: id) }
            throw error
        }
        group.addTask {
            defer { slots.release(slot) }
            await self.push(paths, id: id, isAtomic: isAtomic)
        }
    }

    private func push(_ paths: [String], id: StreamID?, isAtomic: Bool) async {
        var found: [(text: String, path: StorePath)] = []
        var refused: [(text: String, error: ClientError)] = []
        for text in paths {
            do throws(ClientError) {
                found.append((text, try pusher.store.directories.storePath(ofArgument: text)))
            } catch {
                refused.append((text, error))
            }
        }
        if isAtomic, let first = refused.first {
            return report(failure: first.error, of: paths, id: id)
        }
        for (text, error) in refused {
            report(StreamResult(id: id, path: text, status: .error, message: error.message))
        }
        guard !found.isEmpty else { return }
        let roots = found.map(\.path)
        let outcomes =
            isAtomic
            ? await pusher.pushTogether(roots, onEvent: onEvent).outcomes
            : await pusher.pushEach(roots, onEvent: onEvent).outcomes
        for (text, outcome) in zip(found.map(\.text), outcomes) {
            report(
                StreamResult(
                    id: id, path: text, status: outcome.failure == nil ? .ok : .error,
                    message: outcome.failure?.message,
                    signatures: outcome.signatures.isEmpty ? nil : outcome.signatures))
        }
    }

    private func report(failure: ClientError, of paths: [String], id: StreamID?) {
        for path in paths { report(StreamResult(id: id, path: path, status: .error, message: failure.message)) }
    }

    private func report(_ result: StreamResult) {
        failures.withLock { failures in
            if result.status == .error { failures += 1 }
            // Under the lock, so that two lines never mix.
            write(result.line)
        }
    }
}
