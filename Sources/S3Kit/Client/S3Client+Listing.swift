extension S3Client {
    /// Lists a part of the bucket's objects, in the order of their keys' bytes.
    ///
    /// - Parameters:
    ///   - prefix: what the keys begin with.
    ///   - delimiter: folds keys that are alike up to this text into one prefix.
    ///   - startAfter: the key after which the listing begins.
    ///   - continuationToken: what the page before this one said.
    ///   - limit: how many objects at most, 1…1,000.
    /// - Returns: a page, which may hold fewer objects than the limit although the listing goes on.
    /// - Throws: ``S3Error``.
    public func list(
        prefix: String = "", delimiter: String? = nil, startAfter: String? = nil, continuationToken: String? = nil,
        limit: Int = S3Limits.maximumBatch
    ) async throws(S3Error) -> S3ObjectPage {
        var query = [
            ("list-type", "2"), ("encoding-type", "url"),
            ("max-keys", String(min(max(limit, 1), S3Limits.maximumBatch))),
        ]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let delimiter { query.append(("delimiter", delimiter)) }
        if let startAfter, !startAfter.isEmpty { query.append(("start-after", startAfter)) }
        if let continuationToken { query.append(("continuation-token", continuationToken)) }
        let request = S3Request(method: "GET", key: "", query: query)
        return try await send(request) { (bytes) throws(XMLError) in try S3ObjectPage(parsing: bytes) }
    }

    /// All objects with a prefix, page by page.
    ///
    /// - Parameters:
    ///   - prefix: what the keys begin with.
    ///   - startAfter: the key after which the listing begins.
    public func objects(prefix: String = "", startAfter: String? = nil) -> S3ObjectListing {
        S3ObjectListing(client: self, prefix: prefix, startAfter: startAfter)
    }
}
