/// An upload, for people.
public struct UploadSummary: Hashable, Sendable {
    /// Up to how many objects are counted.
    public static let countLimit = 10_000

    /// Its number and state.
    public var upload: StartedUpload
    /// The keys of its roots.
    public var roots: [String]
    /// How many objects it claims, counted up to ``countLimit``. One that is finished claims none.
    public var objects: Int

    /// Makes a summary.
    public init(upload: StartedUpload, roots: [String], objects: Int) {
        self.upload = upload
        self.roots = roots
        self.objects = objects
    }
}
