/// How much narinfos are kept in memory, and for how long.
public struct NarInfoCacheLimits: Hashable, Sendable {
    /// What all of them may take together, in bytes; with 0 none is kept.
    public var bytes: Int
    /// After this time the object store is asked whether it still has what it gave; another server may have deleted it.
    public var lifetime: Duration = .seconds(10)
    /// For how long it is believed that a narinfo is not there; another server may have published it.
    public var absence: Duration = .seconds(2)
    /// Larger ones are passed on and not kept, in bytes.
    public var largest = 64 << 10

    /// What is kept where nothing else is said: 64 MiB.
    public static let usualBytes = 64 << 20

    /// - Parameter bytes: what all may take together; with 0 none is kept.
    public init(bytes: Int = usualBytes) {
        self.bytes = bytes
    }
}
