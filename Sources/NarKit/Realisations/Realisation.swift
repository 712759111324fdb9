/// What an output of a derivation turned out to be, once it was built: a store path, and who vouches for it.
///
/// Newer versions of Nix call it an entry of the build trace. See "Build trace" in the Nix manual.
public struct Realisation: Hashable, Sendable {
    /// The output.
    public var id: ID
    /// What it is.
    public var outPath: StorePath
    /// The signatures of ``fingerprint``. They are written in order, each once.
    public var signatures: [Signature]
    /// What the inputs turned out to be, by the text form of their ids. Only the layout before Nix 2.35 has it.
    public var dependentRealisations: [String: StorePath]

    /// Makes a realisation.
    ///
    /// - Parameters:
    ///   - id: The output.
    ///   - outPath: What it is.
    ///   - signatures: The signatures of the fingerprint.
    ///   - dependentRealisations: What the inputs are, by the text form of their ids; not written for an id by path.
    public init(
        id: ID, outPath: StorePath, signatures: [Signature] = [], dependentRealisations: [String: StorePath] = [:]
    ) {
        self.id = id
        self.outPath = outPath
        self.signatures = signatures
        self.dependentRealisations = dependentRealisations
    }
}
