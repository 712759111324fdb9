/// Does something with each element, a bounded number at a time.
///
/// - Parameters:
///   - limit: how many are under way at once.
/// - Returns: the results, in the order of the elements.
/// - Throws: the first error; what is under way is cancelled and awaited.
func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: [Element], limit: Int,
    _ body: @escaping @Sendable (Element) async throws(CacheError) -> Value
) async throws(CacheError) -> [Value] {
    let result: Result<[Value], CacheError> = await withTaskGroup(of: Finished<Value>.self) { group in
        var values = [Value?](repeating: nil, count: elements.count)
        var failure: CacheError?
        var next = 0
        func start() {
            let index = next
            let element = elements[index]
            next += 1
            group.addTask {
                do throws(CacheError) {
                    return Finished(index: index, outcome: .success(try await body(element)))
                } catch {
                    return Finished(index: index, outcome: .failure(error))
                }
            }
        }
        while next < min(max(1, limit), elements.count) { start() }
        while let finished = await group.next() {
            switch finished.outcome {
            case .success(let value): values[finished.index] = value
            case .failure(let error):
                if failure == nil {
                    failure = error
                    group.cancelAll()
                }
            }
            if failure == nil, next < elements.count { start() }
        }
        if let failure { return .failure(failure) }
        return .success(values.compactMap(\.self))
    }
    return try result.get()
}

/// What a call of ``concurrently(_:limit:_:)`` came to. A struct, as a tuple with a typed error in it does not survive its way
/// out of a task in optimised builds (Swift 6.3).
private struct Finished<Value: Sendable>: Sendable {
    var index: Int
    var outcome: Result<Value, CacheError>
}

extension Collection {
    /// The elements in consecutive groups of at most so many.
    func chunked(_ size: Int) -> [SubSequence] {
        var chunks: [SubSequence] = []
        var rest = self[...]
        while !rest.isEmpty {
            chunks.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return chunks
    }
}
