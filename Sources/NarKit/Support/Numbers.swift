extension UInt64 {
    /// The number that decimal digits spell, or nil when there are none, other bytes among them, or too many.
    init?(decimal digits: Span<UInt8>) {
        guard digits.count > 0 else { return nil }
        var number: UInt64 = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        self = number
    }
}
