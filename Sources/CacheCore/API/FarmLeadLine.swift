/// A line of the answer to `POST /api/farm/lead`.
public struct FarmLeadLine: APIMessage, Hashable {
    /// Whether the member leads its farm.
    public var lead: Bool

    /// Makes a line.
    public init(lead: Bool) {
        self.lead = lead
    }
}
