import Logging

/// A member of a build farm that wants to know whether it leads.
public struct FarmMember: Sendable {
    private let farm: FarmID
    private let holder: String
    private let metadata: any MetadataStore
    private let times: FarmLeadTimes
    private let logger: Logger
    /// Before that it leaves the lead to others.
    private let asksFrom: ContinuousClock.Instant
    private var mayHold = false
    private var leadsUntil: ContinuousClock.Instant?

    /// When it is to ask the next time.
    public private(set) var nextTurn: ContinuousClock.Instant

    init(
        farm: FarmID, metadata: any MetadataStore, times: FarmLeadTimes, logger: Logger,
        asksFrom: ContinuousClock.Instant
    ) {
        self.farm = farm
        self.metadata = metadata
        self.times = times
        self.logger = logger
        self.asksFrom = asksFrom
        holder = "\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
        nextTurn = .now
    }

    /// Whether it leads now.
    ///
    /// While the store does not answer, it leads on for as long as its lease lasts.
    public mutating func leads() async -> Bool {
        let asked = ContinuousClock.now
        nextTurn = max(nextTurn + times.interval, asked)
        if asked >= asksFrom {
            mayHold = true
            if let leads = await take() { leadsUntil = leads ? asked + times.lease : nil }
        }
        // Looked at last: the server may have been paused meanwhile.
        return leadsUntil.map { ContinuousClock.now < $0 } ?? false
    }

    /// Lets others have the lead at once. That works also when the task was cancelled.
    public consuming func leave() async {
        guard mayHold else { return }
        await Task { [metadata, logger, farm, holder] in
            do {
                try await metadata.releaseLead(of: farm, holder: holder)
            } catch {
                logger.warning(
                    "a lead is not given up before it ends by itself",
                    metadata: ["farm": "\(farm)", "error": "\(error)"])
            }
        }.value
    }

    /// - Returns: whether it leads; nil when the store did not say so in time.
    private func take() async -> Bool? {
        do throws(CacheError) {
            return try await withTimeLimit(times.interval) { [metadata, times, farm, holder] () throws(CacheError) in
                try await metadata.takeLead(of: farm, holder: holder, times: times)
            }
        } catch {
            logger.warning("who leads a farm is not known", metadata: ["farm": "\(farm)", "error": "\(error)"])
            return nil
        }
    }
}
