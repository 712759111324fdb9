/// Told by a ``JSONScanner`` what a text says, in its order.
protocol JSONSink {
    /// The name of a member of the innermost object; its value follows.
    mutating func key(_ name: Span<UInt8>)

    /// A value. What is in a container follows, and its ``end()``.
    /// - Parameters:
    ///   - kind: what it is.
    ///   - text: the characters of a string with escapes resolved, or the digits of a number; else empty.
    mutating func value(_ kind: JSONKind, _ text: Span<UInt8>)

    /// The innermost container ends.
    mutating func end()
}
