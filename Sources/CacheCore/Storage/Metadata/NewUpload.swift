/// An upload that begins.
public struct NewUpload: Hashable, Sendable {
    /// The keys of the top narinfos.
    public var roots: [String]
    /// References that are left out on purpose.
    public var external: [String]
    /// Whether it was fetched from another cache, and not pushed: its roots may lack what they refer to.
    public var isPulled: Bool

    /// Makes a new upload.
    public init(roots: [String], external: [String], isPulled: Bool = false) {
        self.roots = roots
        self.external = external
        self.isPulled = isPulled
    }
}
