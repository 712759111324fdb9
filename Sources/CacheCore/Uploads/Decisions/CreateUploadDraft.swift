/// A create request while it is being read: what it says so far, in little memory, and the first thing that is wrong.
///
/// What is wrong is told by ``CreateUploadPlan``, which looks at the roots first whatever came first.
public struct CreateUploadDraft: Sendable {
    /// Where the top narinfos are named.
    public enum Kind: Sendable {
        /// In the field `closure`: one, which need not be listed when it is there already.
        case pendingClosure
        /// In the field `roots`: any number, all of which are listed.
        case push
    }

    /// Where the top narinfos are named.
    public let kind: Kind
    /// Whether to look in the bucket for objects that the database knows.
    public internal(set) var verifiesObjects = false

    /// The roots before the first one that is wrong.
    private(set) var roots: [String] = []
    private(set) var rootFailure: CacheError?
    /// The declared external references that are object keys.
    private(set) var external: [String] = []
    /// The objects before the first one whose key is wrong.
    private(set) var objects = UploadObjectList()
    private(set) var objectFailure: CacheError?
    /// How many objects were listed before the first one whose key is wrong.
    public var objectCount: Int { objects.entries.count }
    private(set) var listsObjects = false

    private var current = Current()
    private var isRefused = false

    /// The object that is being read.
    private struct Current {
        /// How large the texts were before.
        var start = 0
        var key: Range<UInt32>?
        var keyType: ObjectType?
        /// The key where it is none.
        var wrongKey = ""
        var refs: Range<UInt32>?
    }

    /// Makes an empty draft.
    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Drafts a request that is in memory.
    public init(_ request: CreateUploadRequest) {
        self.init(request.roots == nil ? .pendingClosure : .push)
        for root in request.roots ?? [request.closure ?? ""] { add(root: root) }
        for object in request.objects {
            set(key: object.key.utf8.span)
            for ref in object.refs { add(ref: ref.utf8.span) }
            endObject(type: object.type, narSize: object.narSize)
        }
        for reference in request.external { add(external: reference.utf8.span) }
        verifiesObjects = request.verifyS3
    }

    /// Nothing more of the request is wanted.
    mutating func refuse() {
        isRefused = true
    }

    mutating func add(root: String) {
        guard !isRefused, rootFailure == nil else { return }
        do throws(CacheError) {
            guard !roots.isEmpty || !root.isEmpty else { throw missingRoots }
            guard root.hasSuffix(".narinfo") else {
                throw CacheError(.invalidRequest, "The closure '\(root.prefix(200))' must end in .narinfo.")
            }
            roots.append(try ObjectKey(root, type: .narinfo).text)
        } catch {
            rootFailure = error
        }
    }

    /// What is said where no root is named.
    var missingRoots: CacheError {
        let field = kind == .pendingClosure ? "closure" : "roots"
        return CacheError(.invalidRequest, "The field '\(field)' is missing; name the top narinfo there.")
    }

    mutating func add(external reference: Span<UInt8>) {
        guard !isRefused, ObjectKey.type(of: reference) != nil else { return }
        external.append(String(copying: reference))
    }

    /// Sets the key of the object that is being read.
    mutating func set(key: Span<UInt8>) {
        guard takesObjects else { return }
        current.keyType = ObjectKey.type(of: key)
        if current.keyType == nil {
            current.wrongKey = String(String(copying: key).prefix(200))
        } else {
            current.key = append(key)
        }
    }

    /// Adds a reference to the object that is being read; what is no object key is left out.
    mutating func add(ref: Span<UInt8>) {
        guard takesObjects, ObjectKey.type(of: ref) != nil else { return }
        if let refs = current.refs {
            guard append([UInt8(ascii: " ")].span) != nil, let added = append(ref) else { return }
            current.refs = refs.lowerBound..<added.upperBound
        } else {
            current.refs = append(ref)
        }
    }

    /// Ends the object that is being read.
    mutating func endObject(type: ObjectType, narSize: Int64?) {
        listsObjects = true
        guard takesObjects else { return }
        if let key = current.key, current.keyType == type {
            objects.append(
                UploadObjectList.Entry(
                    key: key, refs: current.refs ?? 0..<0, narSize: narSize, type: type, isListed: true))
        } else {
            let key = current.key.map { objects.text($0) } ?? current.wrongKey
            objectFailure = .mismatch(key: key, type: type)
            objects.removeTexts(from: current.start)
        }
        current = Current(start: objects.size)
    }

    private var takesObjects: Bool { !isRefused && objectFailure == nil }

    private mutating func append(_ text: Span<UInt8>) -> Range<UInt32>? {
        let range = objects.append(text)
        if range == nil { objectFailure = .tooManyKeys }
        return range
    }

    /// The objects, of which the draft has none then.
    mutating func takeObjects() -> UploadObjectList {
        var taken = UploadObjectList()
        swap(&taken, &objects)
        return taken
    }
}
