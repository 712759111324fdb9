/// One of the four passes in which a collection goes through what may be deleted.
///
/// Narinfos go before what they refer to. What is deleting already goes before what is condemned, so that nothing is met
/// twice.
public enum SweepPass: Int, Hashable, Sendable, CaseIterable {
    /// Narinfos that a collection before this one had begun to delete.
    case deletingNarInfos
    /// Narinfos that were condemned long enough.
    case condemnedNarInfos
    /// Everything else that a collection before this one had begun to delete.
    case deletingOthers
    /// Everything else that was condemned long enough.
    case condemnedOthers

    /// The state of the objects.
    public var state: ObjectState {
        switch self {
        case .deletingNarInfos, .deletingOthers: .deleting
        case .condemnedNarInfos, .condemnedOthers: .condemned
        }
    }

    /// Whether the objects are narinfos, or everything else.
    public var takesNarInfos: Bool {
        switch self {
        case .deletingNarInfos, .condemnedNarInfos: true
        case .deletingOthers, .condemnedOthers: false
        }
    }
}
