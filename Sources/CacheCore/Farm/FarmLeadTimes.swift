/// The lengths of time by which build farms agree on a leader.
public struct FarmLeadTimes: Hashable, Sendable {
    /// How often a member is told whether it leads.
    public var interval: Duration
    /// For how long a leader leads without renewing, so that a server that is gone does not lead for ever.
    public var lease: Duration
    /// How long a leader that hears nothing any more may take to notice. A new one waits for so long.
    public var notice: Duration
    /// For how long after a server's start the lead is left to whoever had it before.
    public var holdBack: Duration

    /// Makes a set of times.
    public init(interval: Duration, lease: Duration, notice: Duration, holdBack: Duration) {
        self.interval = interval
        self.lease = lease
        self.notice = notice
        self.holdBack = holdBack
    }

    /// What servers use: every 5 s, a lease of 15 s, 10 s to notice, 10 s after a start.
    public static let standard = FarmLeadTimes(
        interval: .seconds(5), lease: .seconds(15), notice: .seconds(10), holdBack: .seconds(10))
}
