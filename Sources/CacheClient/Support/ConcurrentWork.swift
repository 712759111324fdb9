/// Does something for each of many elements, a bounded number of them at a time.
///
/// - Parameters:
///   - elements: The elements, which are begun in order.
///   - limit: How many may be under way at once, at least 1.
///   - body: What is done for one.
/// - Throws: The first error, once everything under way has been cancelled and has ended.
func forEachConcurrently<Element: Sendable>(
    _ elements: some Sequence<Element>, limit: Int,
    _ body: @escaping @Sendable (Element) async throws(ClientError) -> Void
) async throws(ClientError) {
    do {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for element in elements {
                if running >= limit {
                    try await group.next()
                    running -= 1
                }
                group.addTask { try await body(element) }
                running += 1
            }
            // Unlike waitForAll(), this leaves, and thereby cancels the others, at the first error.
            while try await group.next() != nil {}
        }
    } catch {
        throw ClientError(wrapping: error)
    }
}

extension ClientError {
    /// An error of this library as it is, a cancellation as such, and anything else as a fault.
    init(wrapping error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case is CancellationError: self = .cancelled
        default: self.init(.serverFailure, "The push failed: \(error).", cause: error)
        }
    }
}
