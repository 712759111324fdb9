public import NarKit

/// What the store knows about one of its paths.
public struct PathInfo: Hashable, Sendable {
    /// The path.
    public var storePath: StorePath
    /// The hash of the path's NAR, as it was recorded when the path was added.
    public var narHash: NixHash
    /// The size of the path's NAR in bytes.
    public var narSize: UInt64
    /// The paths it refers to, sorted, itself included where it does.
    public var references: [StorePath]
    /// The derivation that made it, where that is known.
    public var deriver: StorePath?
    /// Its signatures, sorted.
    public var signatures: [Signature]
    /// How its name follows from its content, where it does.
    public var contentAddress: ContentAddress?

    /// Describes a path.
    ///
    /// - Parameters:
    ///   - storePath: The path.
    ///   - narHash: The recorded hash of its NAR.
    ///   - narSize: The size of its NAR in bytes.
    ///   - references: The paths it refers to, in any order.
    ///   - deriver: The derivation that made it.
    ///   - signatures: Its signatures, in any order.
    ///   - contentAddress: How its name follows from its content.
    public init(
        storePath: StorePath, narHash: NixHash, narSize: UInt64, references: [StorePath] = [],
        deriver: StorePath? = nil, signatures: [Signature] = [], contentAddress: ContentAddress? = nil
    ) {
        self.storePath = storePath
        self.narHash = narHash
        self.narSize = narSize
        self.references = references.sorted()
        self.deriver = deriver
        self.signatures = signatures.sorted()
        self.contentAddress = contentAddress
    }
}
