/// All objects with a prefix; the next page is fetched when the one before it is used up.
public struct S3ObjectListing: AsyncSequence, Sendable {
    /// An object.
    public typealias Element = S3ListedObject

    let client: S3Client
    let prefix: String
    let startAfter: String?

    /// Begins at the first object.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(listing: self)
    }

    /// Takes objects one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let listing: S3ObjectListing
        private var page: [S3ListedObject] = []
        private var position = 0
        private var token: String?
        private var isLast = false

        fileprivate init(listing: S3ObjectListing) {
            self.listing = listing
        }

        /// The next object, or `nil` after the last.
        ///
        /// - Throws: ``S3Error``, also when the service sends the listing round in a circle.
        public mutating func next() async throws(S3Error) -> S3ListedObject? {
            while position == page.count {
                guard !isLast else { return nil }
                let fetched = try await listing.client.list(
                    prefix: listing.prefix, startAfter: listing.startAfter, continuationToken: token)
                guard fetched.continuationToken == nil || fetched.continuationToken != token else {
                    throw S3Error(
                        .malformedReply, operation: "GET bucket \(listing.client.endpoint.bucket)?list-type",
                        message: "the service sends the listing round in a circle; check what is between it and us")
                }
                token = fetched.continuationToken
                isLast = token == nil
                page = fetched.objects
                position = 0
            }
            defer { position += 1 }
            return page[position]
        }
    }
}
