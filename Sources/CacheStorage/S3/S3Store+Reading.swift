public import CacheCore
import S3Kit

extension S3Store {
    /// Looks for an object.
    ///
    /// - Returns: `nil` when the service says that there is none.
    public func attributes(of key: String) async throws(ObjectStoreError) -> ObjectAttributes? {
        do throws(S3Error) {
            return try await client.head(key).map { ObjectAttributes($0) }
        } catch {
            throw failure(error)
        }
    }

    /// Reads an object with one request; the service is read from no faster than the chunks are taken.
    ///
    /// - Returns: `nil` when the service says that there is none. Where none of the bytes asked for exist, a second
    ///   request asks what the object is like.
    public func content(of key: String, range: ByteRange?) async throws(ObjectStoreError) -> ObjectContent? {
        guard case .content(let content) = try await content(of: key, range: range, unless: nil) else { return nil }
        return content
    }

    /// Reads an object unless the reader has it already, with one request; the service compares.
    ///
    /// - Returns: `nil` when the service says that there is none.
    public func content(
        of key: String, range: ByteRange?, unless condition: ReadCondition?
    ) async throws(ObjectStoreError) -> ConditionalContent? {
        var wanted: S3Range?
        if let range {
            guard let asked = S3Range(range) else { return try await emptyContent(of: key).map { .content($0) } }
            wanted = asked
        }
        let object: S3Object
        do throws(S3Error) {
            object = try await client.get(key, range: wanted, conditions: S3Conditions(unless: condition))
        } catch {
            switch error.code {
            case .noSuchKey: return nil
            case .notModified where condition != nil: return .unchanged
            case .invalidRange: return try await emptyContent(of: key).map { .content($0) }
            default: throw failure(error)
            }
        }
        return .content(
            ObjectContent(
                attributes: ObjectAttributes(object.attributes), range: object.range,
                body: S3Content(key: key, place: place, body: object.body)))
    }

    private func emptyContent(of key: String) async throws(ObjectStoreError) -> ObjectContent? {
        guard let attributes = try await attributes(of: key) else { return nil }
        return ObjectContent(
            attributes: attributes, range: attributes.size..<attributes.size,
            body: S3Content(key: key, place: place, body: nil))
    }

    /// Lists objects in byte order of their keys.
    public func list(
        prefix: String, after: String?, limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        do throws(S3Error) {
            var page = try await client.list(prefix: prefix, startAfter: after, limit: limit)
            // A page may be empty although there is more: such a one would not tell where to go on.
            while page.objects.isEmpty, let token = page.continuationToken {
                page = try await client.list(prefix: prefix, continuationToken: token, limit: limit)
                guard page.continuationToken != token else { throw .circularListing }
            }
            return ObjectPage(
                objects: page.objects.map {
                    ObjectPage.Entry(key: $0.key, size: $0.size, lastModified: Timestamp(known: $0.lastModified))
                }, hasMore: page.continuationToken != nil)
        } catch {
            throw failure(error)
        }
    }
}

extension S3Error {
    fileprivate static var circularListing: S3Error {
        S3Error(
            .malformedReply, operation: "GET bucket?list-type",
            message: "the listing goes round in a circle")
    }
}

extension S3Conditions {
    /// What a reader's condition is to the service.
    fileprivate init(unless condition: ReadCondition?) {
        switch condition {
        case nil: self.init()
        case .entityTag(let tag): self.init(ifNoneMatch: [tag])
        case .unmodifiedSince(let instant): self.init(ifModifiedSince: instant.date)
        }
    }
}

extension S3Range {
    /// What asks for a range; `nil` when it names no byte of any object.
    init?(_ range: ByteRange) {
        switch range {
        case .from(let first, let last):
            guard first >= 0 else { return nil }
            guard let last else {
                self = .from(first)
                return
            }
            guard last >= first else { return nil }
            self = .bytes(first...last)
        case .last(let count):
            guard count > 0 else { return nil }
            self = .last(count)
        }
    }
}
