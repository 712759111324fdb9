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
    let result: Result<[Value], CacheError> = await withTaskGroup(of: (Int, Result<Value, CacheError>).self) { group in
        var values = [Value?](repeating: nil, count: elements.count)
        var failure: CacheError?
        var next = 0
        func start() {
            let index = next
            let element = elements[index]
            next += 1
            group.addTask {
                do throws(CacheError) {
                    return (index, .success(try await body(element)))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        while next < min(max(1, limit), elements.count) { start() }
        while let (index, outcome) = await group.next() {
            switch outcome {
            case .success(let value): values[index] = value
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
