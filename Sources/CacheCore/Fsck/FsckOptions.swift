/// What a check is told to do.
public struct FsckOptions: Codable, Hashable, Sendable {
    /// Whether it repairs what can be repaired; else it changes nothing.
    public var repairs: Bool
    /// Whether it reads NARs whole and looks at signatures.
    public var isDeep: Bool

    /// Makes options.
    public init(repairs: Bool = false, isDeep: Bool = false) {
        self.repairs = repairs
        self.isDeep = isDeep
    }

    private enum CodingKeys: String, CodingKey {
        case repairs = "repair"
        case isDeep = "deep"
    }
}
