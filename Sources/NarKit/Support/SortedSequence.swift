extension Array where Element: Comparable {
    /// The elements in ascending order, each once; the same array when they are so already.
    func sortedWithoutDuplicates() -> [Element] {
        if zip(self, dropFirst()).allSatisfy({ $0 < $1 }) { return self }
        var result: [Element] = []
        result.reserveCapacity(count)
        for element in sorted() where result.last != element { result.append(element) }
        return result
    }
}
