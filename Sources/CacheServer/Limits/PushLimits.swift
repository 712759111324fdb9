/// How much one credential may have under way, whatever the others do.
public struct PushLimits: Hashable, Sendable {
    /// Uploads that are begun and not completed; nil for no limit. Each server counts its own.
    public var concurrentPushes: Int?
    /// Objects in one request that begins an upload; nil for no limit but the size of its body.
    public var objectsPerPush: Int?

    /// - Parameters:
    ///   - concurrentPushes: uploads that are begun and not completed; nil for no limit.
    ///   - objectsPerPush: objects in one request that begins an upload; nil for no limit.
    public init(concurrentPushes: Int? = nil, objectsPerPush: Int? = nil) {
        self.concurrentPushes = concurrentPushes
        self.objectsPerPush = objectsPerPush
    }
}
