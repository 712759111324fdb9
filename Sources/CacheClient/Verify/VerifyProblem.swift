/// Something that is wrong with a cache.
public struct VerifyProblem: Sendable, Hashable {
    /// The object that it is about, relative to the cache.
    public var key: String
    /// What is wrong, in a sentence that names the object.
    public var message: String
}
