import Synchronization

/// Writes contents into open files and closes them, a few files behind the thread that creates them.
///
/// It starts a thread of its own once there is more than a batch. Used by one thread.
final class ContentsWriter {
    /// Batches that wait to be written at most; with the files of a batch this bounds memory and open descriptors.
    private static let batchesAhead = 3

    private var file: FileDescriptor?
    private var batch = ContentsBatch()
    private let batches = BoundedQueue<ContentsBatch>(capacity: batchesAhead)
    private let exchange = Exchange()
    private var thread: WorkerThread?

    /// Gives up what has not been written yet. The thread ends before its files are closed.
    deinit {
        batches.abandon()
        batches.finish()
        thread.take()?.join()
    }

    /// Begins with an open file.
    func begin(_ file: consuming FileDescriptor) {
        self.file = .some(file)
    }

    /// Adds contents to the file.
    ///
    /// - Parameters:
    ///   - bytes: Any number of bytes.
    ///   - directory: The path of the directory that the file lies in.
    ///   - name: The name of the file; empty for a root.
    /// - Throws: `NarKitError` naming the file, maybe an earlier one, that could not be written.
    func append(_ bytes: UnsafeRawBufferPointer, directory: [UInt8], name: [UInt8]) throws(NarKitError) {
        guard let descriptor = file?.number else { return }
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, batch.room)
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<count])
            batch.append(piece, to: descriptor, directory: directory, name: name)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if batch.room == 0 { try flush() }
        }
    }

    /// Ends the file: it is closed once everything was written into it.
    ///
    /// - Parameters:
    ///   - directory: The path of the directory that the file lies in.
    ///   - name: The name of the file; empty for a root.
    /// - Throws: `NarKitError` naming the file, maybe an earlier one, that could not be written.
    func end(directory: [UInt8], name: [UInt8]) throws(NarKitError) {
        guard let file = file.take() else { return }
        batch.close(file, directory: directory, name: name)
        if batch.isFull { try flush() }
    }

    /// Waits until everything has been written.
    ///
    /// - Throws: `NarKitError` naming the file that could not be written.
    func finish() throws(NarKitError) {
        guard thread != nil else { return try batch.write() }
        try flush()
        try join()
    }

    private func flush() throws(NarKitError) {
        if thread == nil { try start() }
        let full = batch
        batch = exchange.takeSpare() ?? ContentsBatch()
        if !batches.push(full) { try join() }
    }

    private func start() throws(NarKitError) {
        thread = try WorkerThread { [batches, exchange] in
            do {
                while let batch = try batches.pop() {
                    try batch.write()
                    exchange.give(back: batch)
                }
            } catch {
                // Whatever else ends the queue comes from the thread that would ask.
                exchange.fail(error as? NarKitError)
            }
            batches.abandon()
        }
    }

    private func join() throws(NarKitError) {
        batches.finish()
        thread.take()?.join()
        if let error = exchange.error { throw error }
    }
}

/// What the thread gives back: batches that were written, and the error that ended it.
private final class Exchange: Sendable {
    private struct State {
        var spares: [ContentsBatch] = []
        var error: NarKitError?
    }

    private let state = Mutex(State())

    var error: NarKitError? { state.withLock { $0.error } }

    func fail(_ error: NarKitError?) {
        state.withLock { $0.error = error }
    }

    func give(back batch: ContentsBatch) {
        state.withLock { $0.spares.append(batch) }
    }

    func takeSpare() -> ContentsBatch? {
        state.withLock { $0.spares.popLast() }
    }
}
