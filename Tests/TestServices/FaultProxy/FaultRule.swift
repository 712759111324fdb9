/// Which requests a ``FaultProxy`` meets with which fault.
public struct FaultRule: Sendable {
    /// Which of the requests that match are met with the fault.
    public enum Share: Hashable, Sendable {
        case all
        /// The first so many.
        case first(Int)
        /// All but the first so many.
        case after(Int)
        /// One of so many, beginning with the first.
        case oneIn(Int)
        /// Each with a probability from 0 to 1. The same seed makes the same choices.
        case random(probability: Double, seed: UInt64)
    }

    let fault: Fault
    let share: Share
    let matches: @Sendable (ProxiedRequest) -> Bool
    /// How many requests have matched so far.
    private var matched = 0
    private var random: SeededRandom

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - fault: what happens.
    ///   - share: to which of the requests that match it happens.
    ///   - matches: whether a request matches.
    public init(
        _ fault: Fault, to share: Share = .all, where matches: @escaping @Sendable (ProxiedRequest) -> Bool
    ) {
        self.fault = fault
        self.share = share
        self.matches = matches
        if case .random(_, let seed) = share {
            random = SeededRandom(state: seed)
        } else {
            random = SeededRandom(state: 0)
        }
    }

    /// Makes a rule for requests to an S3 service.
    ///
    /// - Parameters:
    ///   - fault: what happens.
    ///   - share: to which of the requests it happens.
    ///   - operations: the operations.
    public init(_ fault: Fault, to share: Share = .all, on operations: S3Operation...) {
        self.init(fault, to: share) { operations.contains($0.operation) }
    }

    /// What happens to a request by this rule; nil for nothing.
    mutating func fault(for request: ProxiedRequest) -> Fault? {
        guard matches(request) else { return nil }
        matched += 1
        let isMet =
            switch share {
            case .all: true
            case .first(let count): matched <= count
            case .after(let count): matched > count
            case .oneIn(let count): matched % count == 1 || count == 1
            case .random(let probability, _): Double.random(in: 0..<1, using: &random) < probability
            }
        return isMet ? fault : nil
    }
}

/// SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
