/// What became of objects that were to be deleted together.
public struct S3BatchDeletion: Sendable {
    /// The keys of which the service said that they are gone, whether or not they were there.
    public var deleted: Set<String> = []

    /// Why the others may still be there.
    public var failures: [String: S3Error] = [:]
}
