/// For which stretches of time there is a note of how much a cache held. The raw value is their length in seconds.
public enum SampleResolution: Int64, CaseIterable, Sendable {
    /// Ten minutes, kept for two days.
    case tenMinutes = 600
    /// An hour, kept for 60 days.
    case hour = 3600
    /// A day, kept for ten years.
    case day = 86400

    /// For how long notes are kept.
    public var retention: Duration {
        switch self {
        case .tenMinutes: .seconds(2 * 86400)
        case .hour: .seconds(60 * 86400)
        case .day: .seconds(3660 * 86400)
        }
    }

    /// The number of the stretch that an instant is in.
    public func stretch(of instant: Timestamp) -> Int64 { instant.seconds / rawValue }

    /// The first stretch that is kept.
    public func firstKept(at now: Timestamp) -> Int64 { stretch(of: now - retention) }
}
