/// An object that an upload claims, as the decision about the upload sees it.
public struct ClaimedObject: Hashable, Sendable {
    /// What is known of a text that the upload holds for the object.
    public struct Text: Hashable, Sendable {
        /// The keys it refers to.
        public var refs: [String]
        /// For a narinfo: the key of its NAR.
        public var narKey: String?

        /// Makes the description of a text.
        public init(refs: [String] = [], narKey: String? = nil) {
            self.refs = refs
            self.narKey = narKey
        }
    }

    /// The object's number.
    public var id: ObjectID
    /// Its key.
    public var key: ObjectKey
    /// Its state.
    public var state: ObjectState
    /// What it is known to refer to.
    public var refs: [ObjectID]
    /// The keys it is declared to refer to.
    public var declaredRefs: [String]
    /// The text that the upload holds for it.
    public var text: Text?
    /// Whether another upload is publishing it.
    public var isBeingPublished: Bool

    /// Makes a claimed object.
    public init(
        id: ObjectID, key: ObjectKey, state: ObjectState, refs: [ObjectID] = [], declaredRefs: [String] = [],
        text: Text? = nil, isBeingPublished: Bool = false
    ) {
        self.id = id
        self.key = key
        self.state = state
        self.refs = refs
        self.declaredRefs = declaredRefs
        self.text = text
        self.isBeingPublished = isBeingPublished
    }

    /// Whether the upload itself has to write it.
    var isPublishedHere: Bool { state == .uploading && !key.type.isWrittenByClients && text != nil }

    /// Whether only another upload is to write it. This one then has to take its text and write it too: it would else be
    /// complete before a reader finds the object.
    package var isLeftToAnother: Bool {
        state == .uploading && isBeingPublished && text == nil && !key.type.isWrittenByClients
    }

    /// Whether this upload or another one is to write it.
    var isPublished: Bool { isPublishedHere || isBeingPublished }

    /// Whether it is there, or certainly will be.
    var isThere: Bool { state.isPresent || isPublished }

    /// The references of a text that is to be written.
    var publishedRefs: [String] { isPublishedHere ? text?.refs ?? [] : [] }
}
