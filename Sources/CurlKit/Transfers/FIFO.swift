/// A queue in an array: both ends cost constant time on average.
struct FIFO<Element>: ExpressibleByArrayLiteral {
    private var elements: [Element?]
    private var start = 0

    init() {
        elements = []
    }

    init(arrayLiteral elements: Element...) {
        self.elements = elements
    }

    var isEmpty: Bool { start == elements.count }

    var count: Int { elements.count - start }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard start < elements.count else { return nil }
        let first = elements[start]
        elements[start] = nil
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: true)
            start = 0
        } else if start >= 64, start * 2 >= elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }

    mutating func removeAll(where shouldRemove: (Element) -> Bool) {
        elements = elements[start...].filter { element in element.map { !shouldRemove($0) } ?? false }
        start = 0
    }

    /// Calls a function for each element, first to last.
    func forEach(_ body: (Element) -> Void) {
        for case let element? in elements[start...] { body(element) }
    }
}

extension FIFO: Sendable where Element: Sendable {}
