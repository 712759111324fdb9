internal import Dispatch

/// Runs what blocks a thread (file system calls, decompression) outside the threads that tasks share.
enum BlockingWork {
    private static let queue = DispatchQueue(label: "niks3.blocking", attributes: .concurrent)

    /// Runs a function on a thread of its own and waits for it without holding up other tasks.
    ///
    /// - Parameter body: What to do; it is not interrupted when the task is cancelled, so it should be short or bounded.
    static func run<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let result = await withCheckedContinuation { continuation in
            queue.async {
                let outcome: Swift.Result<Result, Failure>
                do throws(Failure) {
                    outcome = .success(try body())
                } catch {
                    outcome = .failure(error)
                }
                continuation.resume(returning: outcome)
            }
        }
        return try result.get()
    }
}
