extension Duration {
    /// Parses a duration as Go writes it, with days and weeks besides: `720h`, `90m`, `1h30m`, `1.5h`, `300ms`,
    /// `30d`, `2w`, `-5m`, `0`.
    ///
    /// Source: Go's documentation of `time.ParseDuration`.
    /// - Throws: ``CacheError`` of code `invalidRequest` for anything else and for what exceeds 290 years.
    public init(goDuration text: some StringProtocol) throws(CacheError) {
        let malformed = CacheError(
            .invalidRequest, "'\(text.prefix(64))' is no duration; write it as in 720h, 90m, 1h30m, 30d or 2w.")
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        guard !rest.isEmpty, rest.utf8.count <= 64 else { throw malformed }
        guard rest != "0" else {
            self = .zero
            return
        }
        var nanoseconds: Double = 0
        var whole: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest.removeFirst(number.count)
            let unitText = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest.removeFirst(unitText.count)
            guard let unit = Duration.goUnits[String(unitText)] else { throw malformed }
            let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.contains(where: { !$0.isEmpty }), let integer = parts[0].isEmpty ? 0 : Int64(parts[0]) else {
                throw malformed
            }
            let (product, overflow) = integer.multipliedReportingOverflow(by: unit)
            let (sum, overflowed) = whole.addingReportingOverflow(product)
            guard !overflow, !overflowed else { throw malformed }
            whole = sum
            if parts.count == 2, !parts[1].isEmpty {
                guard !parts[1].contains("."), let fraction = Double("0." + parts[1]) else { throw malformed }
                nanoseconds += fraction * Double(unit)
            }
        }
        let (total, overflow) = whole.addingReportingOverflow(Int64(nanoseconds.rounded()))
        guard !overflow else { throw malformed }
        self = .nanoseconds(isNegative ? -total : total)
    }

    /// The units, in nanoseconds.
    private static let goUnits: [String: Int64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000, "d": 86_400_000_000_000, "w": 604_800_000_000_000,
    ]
}
