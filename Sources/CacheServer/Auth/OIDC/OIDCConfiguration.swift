/// The identity providers whose tokens count, and what for.
public struct OIDCConfiguration: Hashable, Sendable {
    /// By name.
    public let providers: [OIDCProvider]

    /// What a token of each issuer has to name as its audience.
    public var audiences: [String: String] {
        Dictionary(providers.map { ($0.issuer, $0.audience) }) { first, _ in first }
    }

    /// The pins that rules reserve for those whom they match.
    var reservedPins: [Glob] { providers.flatMap { $0.rules.flatMap(\.pins) } }
}
