/// A create request that was checked: what it is to claim, each object once, sorted by key.
public struct CreateUploadPlan: Sendable {
    /// The keys of the top narinfos, each once, sorted.
    public let roots: [String]
    /// The references that are left out on purpose, as far as they are object keys.
    public let external: [String]
    /// What is to be claimed; roots that are not listed are among it.
    public let claims: [NewClaim]

    /// Checks a request: the roots first, then the objects, then each key against its type.
    /// - Parameter maximumNarSize: the largest NAR taken, in bytes before compression; nil for no limit.
    /// - Throws: ``CacheError`` of code `invalidRequest`.
    public init(_ request: CreateUploadRequest, maximumNarSize: Int64?) throws(CacheError) {
        roots = try CreateUploadPlan.roots(of: request)
        guard !request.objects.isEmpty else {
            throw CacheError(.invalidRequest, "The request lists no objects; list all objects of the closure.")
        }
        var claims: [String: NewClaim] = [:]
        claims.reserveCapacity(request.objects.count)
        for object in request.objects {
            let key = try ObjectKey(object.key, type: object.type)
            try CreateUploadPlan.check(object, maximumNarSize: maximumNarSize)
            let refs = object.refs.filter { ObjectKey(validating: $0) != nil }
            if var known = claims[object.key] {
                known.refs += refs.filter { !known.refs.contains($0) }
                known.narSize = known.narSize ?? object.narSize
                claims[object.key] = known
            } else {
                claims[object.key] = NewClaim(key: key, refs: refs, narSize: object.narSize)
            }
        }
        for root in roots where claims[root] == nil {
            guard request.roots == nil else {
                throw CacheError(.invalidRequest, "The root \(root) is not among the objects; list it too.")
            }
            claims[root] = NewClaim(key: try ObjectKey(root, type: .narinfo), isListed: false)
        }
        self.claims = claims.values.sorted { $0.key < $1.key }
        external = Set(request.external).filter { ObjectKey(validating: $0) != nil }.sorted()
    }

    private static func roots(of request: CreateUploadRequest) throws(CacheError) -> [String] {
        let roots = request.roots ?? [request.closure ?? ""]
        guard let first = roots.first, !first.isEmpty else {
            let field = request.roots == nil ? "closure" : "roots"
            throw CacheError(.invalidRequest, "The field '\(field)' is missing; name the top narinfo there.")
        }
        for root in roots {
            guard root.hasSuffix(".narinfo") else {
                throw CacheError(.invalidRequest, "The closure '\(root.prefix(200))' must end in .narinfo.")
            }
            _ = try ObjectKey(root, type: .narinfo)
        }
        return Set(roots).sorted()
    }

    private static func check(_ object: UploadObject, maximumNarSize: Int64?) throws(CacheError) {
        guard let size = object.narSize else { return }
        guard size >= 0 else {
            throw CacheError(.invalidRequest, "The nar_size of \(object.key) is negative; send the size in bytes.")
        }
        if object.type == .nar, let limit = maximumNarSize, size > limit {
            throw CacheError(
                .invalidRequest,
                "The NAR \(object.key) has \(size) bytes and exceeds server max NAR size of \(limit) bytes; leave it out."
            )
        }
    }
}
