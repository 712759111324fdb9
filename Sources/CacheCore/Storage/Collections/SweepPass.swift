/// One of the four passes in which a collection goes through what may be deleted.
///
/// Narinfos go before what they refer to. What is deleting already goes before what is condemned, so that nothing is met
/// twice.
public enum SweepPass: Int, Hashable, Sendable, CaseIterable {
    case deletingNarInfos, condemnedNarInfos, deletingOthers, condemnedOthers

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
