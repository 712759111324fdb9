/// An upload that begins.
public struct NewUpload: Hashable, Sendable {
    /// The keys of the top narinfos.
    public var roots: [String]
    /// References that are left out on purpose.
    public var external: [String]

    /// Makes a new upload.
    public init(roots: [String], external: [String]) {
        self.roots = roots
        self.external = external
    }
}
