/// A create request that was checked: what it is to claim, each object once, sorted by key.
public struct CreateUploadPlan: Sendable {
    /// The keys of the top narinfos, each once, sorted.
    public let roots: [String]
    /// The references that are left out on purpose, as far as they are object keys.
    public let external: [String]
    /// What is to be claimed; roots that are not listed are among it.
    public let claims: ClaimList

    /// Checks a request: the roots first, then the objects, then each key against its type.
    /// - Parameters:
    ///   - request: what a client asks for.
    ///   - maximumNarSize: the largest NAR taken, in bytes before compression; nil for no limit.
    /// - Throws: ``CacheError`` of code `invalidRequest`.
    public init(_ request: CreateUploadRequest, maximumNarSize: Int64?) throws(CacheError) {
        try self.init(CreateUploadDraft(request), maximumNarSize: maximumNarSize)
    }

    /// Checks a request that was read piece by piece, in the same order.
    /// - Parameters:
    ///   - draft: what was read.
    ///   - maximumNarSize: the largest NAR taken, in bytes before compression; nil for no limit.
    /// - Throws: ``CacheError`` of code `invalidRequest`; of `tooLarge` for more than 4 GiB of keys.
    public init(_ draft: consuming CreateUploadDraft, maximumNarSize: Int64?) throws(CacheError) {
        if let failure = draft.rootFailure { throw failure }
        roots = Set(draft.roots).sorted()
        guard !roots.isEmpty else { throw draft.missingRoots }
        guard draft.listsObjects else {
            throw CacheError(.invalidRequest, "The request lists no objects; list all objects of the closure.")
        }
        let failure = draft.objectFailure
        external = Set(draft.external).sorted()
        let kind = draft.kind
        let objects = draft.takeObjects()
        for entry in objects.entries { try CreateUploadPlan.check(entry, of: objects, maximumNarSize: maximumNarSize) }
        if let failure { throw failure }
        var claims = try ClaimList(merging: objects)
        for root in roots where !claims.contains(key: root) {
            guard kind == .pendingClosure else {
                throw CacheError(.invalidRequest, "The root \(root) is not among the objects; list it too.")
            }
            try claims.insertUnlisted(ObjectKey(root))
        }
        self.claims = claims
    }

    private static func check(
        _ object: UploadObjectList.Entry, of objects: UploadObjectList, maximumNarSize: Int64?
    ) throws(CacheError) {
        guard let size = object.narSize else { return }
        guard size >= 0 else {
            let key = objects.key(of: object)
            throw CacheError(.invalidRequest, "The nar_size of \(key) is negative; send the size in bytes.")
        }
        if object.type == .nar, let limit = maximumNarSize, size > limit {
            let key = objects.key(of: object)
            throw CacheError(
                .invalidRequest,
                "The NAR \(key) has \(size) bytes and exceeds server max NAR size of \(limit) bytes; leave it out."
            )
        }
    }
}
