/// Why the cache keeps an object, as keys for people.
public enum RetentionChain: Hashable, Sendable {
    /// A closure keeps it; the keys lead from the closure's top narinfo to the object, each referring to the next.
    case closure(path: [String])
    /// A closure keeps the first of the keys beside what its references reach.
    case extra(closure: String, path: [String])
    /// An upload claims the first of the keys.
    case upload(UploadID, path: [String])
    /// Nothing keeps it: a collection will delete it.
    case nothing
    /// The cache does not know it.
    case unknown
}
