public import Logging

/// Tells the members of build farms which of them leads.
///
/// Who leads is written in the metadata store, so that it holds over all servers that share it. Nothing that happens
/// on one of them can make two members lead: a lead that is not renewed ends, and the next one begins later.
public final class FarmLeads: Sendable {
    private let metadata: any MetadataStore
    private let times: FarmLeadTimes
    private let logger: Logger
    private let started = ContinuousClock.now

    /// Makes the service; the time after a server's start counts from now.
    /// - Parameters:
    ///   - metadata: where it is written who leads.
    ///   - times: how often and how long.
    ///   - logger: for what cannot be told to a member.
    public init(metadata: any MetadataStore, times: FarmLeadTimes = .standard, logger: Logger) {
        self.metadata = metadata
        self.times = times
        self.logger = logger
    }

    /// A new member of a farm, as nobody else is it.
    /// - Parameters:
    ///   - farm: whose lead it is about.
    ///   - isIncumbent: whether the member led before the server started.
    public func member(of farm: FarmID, isIncumbent: Bool) -> FarmMember {
        FarmMember(
            farm: farm, metadata: metadata, times: times, logger: logger,
            asksFrom: isIncumbent ? started : started + times.holdBack)
    }
}
