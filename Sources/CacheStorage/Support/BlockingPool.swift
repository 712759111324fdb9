import Dispatch
import NIOPosix

/// A fixed number of threads for calls that block.
///
/// A job that was begun runs to its end, also when the task that waits for it is cancelled, so that what a job opened or
/// changed is always known to whoever started it. The queue is as long as there are tasks waiting.
final class BlockingPool: Sendable {
    private let threads: NIOThreadPool

    init(threads count: Int) {
        threads = NIOThreadPool(numberOfThreads: max(1, count))
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    /// Runs a job on one of the threads and waits for it without blocking a thread of the cooperative pool.
    func run<Value: Sendable, Failure: Error>(
        _ job: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            threads.submit { _ in continuation.resume(returning: Result(catching: job)) }
        }
        return try result.get()
    }

    /// Runs a job on one of the threads and does not wait for it.
    func start(_ job: @escaping @Sendable () -> Void) {
        threads.submit { _ in job() }
    }
}
