/// The trace that a request belongs to, and its place in it: the value of the field `traceparent`.
///
/// Source: W3C Trace Context, version 00 (<https://www.w3.org/TR/trace-context/#traceparent-header>).
public struct TraceContext: Hashable, Sendable {
    /// The name of the field.
    public static let fieldName = "traceparent"

    /// What the present task works for; nil for nothing that is traced.
    @TaskLocal public static var current: TraceContext?

    private let trace: (high: UInt64, low: UInt64)
    private let span: UInt64
    /// Whether somebody records the trace.
    public let isSampled: Bool

    /// Begins a trace.
    public init() {
        trace = (.random(in: 1...UInt64.max), .random(in: 0...UInt64.max))
        span = .random(in: 1...UInt64.max)
        isSampled = true
    }

    /// Reads the value of the field.
    ///
    /// - Parameter text: a value of any version; of later ones the part that this version knows counts.
    /// - Returns: nil for what is none: whoever gets it begins a trace of its own.
    public init?(_ text: String) {
        // version "-" trace-id "-" parent-id "-" trace-flags
        let bytes = Array(text.utf8.prefix(56))
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version > 0 && bytes[55] == dash),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high != 0 || low != 0,
            let span = Self.number(bytes[36..<52]), span != 0, let flags = Self.number(bytes[53..<55])
        else { return nil }
        trace = (high, low)
        self.span = span
        isSampled = flags & 1 == 1
    }

    private init(trace: (high: UInt64, low: UInt64), span: UInt64, isSampled: Bool) {
        (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
    }

    /// Another place in the same trace, for a request that is sent on behalf of this one.
    public func child() -> TraceContext {
        TraceContext(trace: trace, span: .random(in: 1...UInt64.max), isSampled: isSampled)
    }

    /// The trace in 32 hexadecimal digits, for logs.
    public var traceID: String { Self.digits(trace.high) + Self.digits(trace.low) }

    /// The value of the field.
    public var text: String { "00-\(traceID)-\(Self.digits(span))-\(isSampled ? "01" : "00")" }

    /// Two contexts are the same when trace, place and flag are.
    public static func == (one: TraceContext, other: TraceContext) -> Bool {
        one.trace == other.trace && one.span == other.span && one.isSampled == other.isSampled
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(trace.high)
        hasher.combine(trace.low)
        hasher.combine(span)
        hasher.combine(isSampled)
    }

    /// Lower case only, as the field wants them.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
