/// How long clients may take and how much of the server they may hold.
public struct ConnectionLimits: Sendable, Hashable {
    /// After this time without a whole request head, or without a byte of a request's body, a connection is closed.
    public var idle: Duration = .seconds(60)
    /// What every transfer of a body, in either direction, may take whatever its size.
    public var transferGrace: Duration = .seconds(300)
    /// Bytes a second that a transfer has to reach once its grace is used up.
    public var minimumRate = 100_000
    /// How long a client that was refused may go on sending before its connection is closed.
    public var linger: Duration = .seconds(5)
    /// Connections at the same time; more wait to be accepted.
    public var maximumConnections = 4096
    /// Bytes of request bodies held in memory at the same time, over all connections.
    public var bufferedBodies = 512 << 20
    /// Bytes in the body of a request that lists objects: creating, signing, asking what is present.
    public var listBody = 128 << 20
    /// Bytes in the body of every other request.
    public var smallBody = 8 << 20

    /// The limits that suit a server on the open network.
    public init() {}

    /// How long a transfer of `bytes` may take.
    func allowedTime(forBytes bytes: Int64) -> Duration {
        transferGrace + .milliseconds(bytes / Int64(max(1, minimumRate / 1000)))
    }
}
