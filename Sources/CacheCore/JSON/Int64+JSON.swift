extension Int64 {
    /// The value of a JSON number; nil when it is no whole number or out of range.
    ///
    /// `1.0` and `1e3` are whole numbers too.
    init?(json text: Span<UInt8>) {
        let text = String(copying: text)
        guard let value = Int64(text) ?? Double(text).flatMap({ Int64(exactly: $0) }) else { return nil }
        self = value
    }
}
