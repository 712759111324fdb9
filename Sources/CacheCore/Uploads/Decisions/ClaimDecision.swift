/// What a create does about one object, and what its answer says.
public enum ClaimDecision: Hashable, Sendable {
    /// There is no row: one is inserted as uploading.
    case insert
    /// It is uploading: this upload gets a URL of its own. `isRegistered`: a client said that it has uploaded it.
    case upload(isRegistered: Bool)
    /// It is live: nothing to do.
    case present
    /// It is condemned, and no delete was ever tried: it is made live.
    case revive
    /// It is deleting and free: it is uploading again, with empty refs.
    case restart
    /// A delete may be on its way: the upload has to wait.
    case wait
    /// It has to be there already and is not: it is not claimed.
    case absent

    /// What the row of an object says, as far as a create goes by it.
    public struct Row: Hashable, Sendable {
        /// The object's state.
        public var state: ObjectState
        /// Until when a request of the server's own may still change it.
        public var busyUntil: Timestamp
        /// Whether a client said that it has uploaded it.
        public var isRegistered: Bool

        /// Makes a row.
        public init(state: ObjectState, busyUntil: Timestamp, isRegistered: Bool) {
            self.state = state
            self.busyUntil = busyUntil
            self.isRegistered = isRegistered
        }
    }

    /// Decides about an object.
    /// - Parameters:
    ///   - row: what is known of it; nil when there is no row.
    ///   - isListed: whether the upload lists it; a root that is not listed has to be there.
    ///   - now: the instant of the transaction.
    public init(row: Row?, isListed: Bool, now: Timestamp) {
        switch (row?.state, isListed) {
        case (.live, _): self = .present
        case (.condemned, _): self = .revive
        case (_, false): self = .absent
        case (nil, true): self = .insert
        case (.uploading, true): self = .upload(isRegistered: row?.isRegistered ?? false)
        case (.deleting, true): self = (row?.busyUntil ?? now) > now ? .wait : .restart
        }
    }

    /// Whether the client has to upload the object.
    public var needsUpload: Bool {
        switch self {
        case .insert, .upload, .restart: true
        case .present, .revive, .wait, .absent: false
        }
    }

    /// Whether the upload holds a claim on the object from now on.
    public var isClaimed: Bool {
        switch self {
        case .insert, .upload, .present, .revive, .restart: true
        case .wait, .absent: false
        }
    }
}
