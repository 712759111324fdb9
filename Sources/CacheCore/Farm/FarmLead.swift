/// Who leads a build farm, or led it last.
public struct FarmLead: Hashable, Sendable {
    /// Names the one who has the lead, as nobody else ever does.
    public var holder: String
    /// From then on somebody else can take the lead.
    public var expiresAt: Timestamp
    /// From then on the holder is told that it leads.
    public var leadsFrom: Timestamp

    /// Makes a lead.
    public init(holder: String, expiresAt: Timestamp, leadsFrom: Timestamp) {
        self.holder = holder
        self.expiresAt = expiresAt
        self.leadsFrom = leadsFrom
    }

    /// The lead after somebody asked for it; a store writes it in the transaction in which it read `current`.
    ///
    /// Whoever has the lead keeps it. Nobody else gets it before it has expired, and is then told so only when the one
    /// before must have noticed.
    /// - Parameters:
    ///   - current: who has it or had it last; nil where nobody ever had.
    ///   - holder: who asks.
    ///   - now: the store's clock.
    ///   - times: how long a lead lasts, and after what its holder must have noticed.
    public static func decide(
        current: FarmLead?, holder: String, at now: Timestamp, times: FarmLeadTimes
    ) -> FarmLead {
        let expiresAt = now + times.lease
        guard let current else { return FarmLead(holder: holder, expiresAt: expiresAt, leadsFrom: now) }
        if current.holder == holder {
            return FarmLead(holder: holder, expiresAt: expiresAt, leadsFrom: current.leadsFrom)
        }
        guard current.expiresAt <= now else { return current }
        return FarmLead(
            holder: holder, expiresAt: expiresAt, leadsFrom: max(now, current.expiresAt + times.notice))
    }

    /// Whether somebody is told to lead.
    public func isLed(by holder: String, at now: Timestamp) -> Bool {
        self.holder == holder && leadsFrom <= now && now < expiresAt
    }
}
