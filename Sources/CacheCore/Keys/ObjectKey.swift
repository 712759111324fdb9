/// The key of an object that clients may name, checked against the table of object keys.
///
/// Keys are plain ASCII without empty or `..` segments; they are ordered by their bytes.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The key as it stands in the bucket.
    public let text: String
    /// What lies under it.
    public let type: ObjectType

    /// The longest key taken, in bytes; with a staging prefix it stays below S3's 1024.
    public static let maximumLength = 900

    /// Checks a key.
    /// - Throws: ``CacheError`` of code `invalidRequest` when it matches no row of the table.
    public init(_ text: some StringProtocol) throws(CacheError) {
        guard let key = ObjectKey(validating: text) else {
            throw CacheError(
                .invalidRequest,
                "'\(text.prefix(200))' is no object key; use the key of a narinfo, NAR, listing, log or realisation.")
        }
        self = key
    }

    /// Checks a key that must be one of a type.
    /// - Throws: ``CacheError`` of code `invalidRequest` when it is not.
    public init(_ text: some StringProtocol, type: ObjectType) throws(CacheError) {
        guard let key = ObjectKey(validating: text), key.type == type else {
            throw .mismatch(key: text, type: type)
        }
        self = key
    }

    /// Checks a key; nil when it matches no row of the table.
    public init?(validating text: some StringProtocol) {
        let type: ObjectType? =
            if let type = text.utf8.withContiguousStorageIfAvailable({ ObjectKey.type(of: $0) }) {
                type
            } else {
                Array(text.utf8).withUnsafeBufferPointer { ObjectKey.type(of: $0) }
            }
        guard let type else { return nil }
        self.text = String(text)
        self.type = type
    }

    /// Makes a key of a text that was checked before.
    init(checked text: String, type: ObjectType) {
        self.text = text
        self.type = type
    }

    /// The key of the narinfo of a store path.
    /// - Parameter hashPart: the 32 characters before the name.
    public static func narinfo(hashPart: some StringProtocol) -> String { "\(hashPart).narinfo" }

    /// The key under which a text waits for its publication; never served.
    public static func staged(_ key: String, upload: UploadID) -> String { "\(stagingPrefix(upload))\(key)" }

    /// What all keys staged by an upload begin with.
    public static func stagingPrefix(_ upload: UploadID) -> String { "pending/\(upload)/" }

    /// The key.
    public var description: String { text }

    /// Compares by bytes.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension CacheError {
    /// A key that is none of its type.
    static func mismatch(key: some StringProtocol, type: ObjectType) -> CacheError {
        CacheError(
            .invalidRequest,
            "The key '\(key.prefix(200))' does not match its type \(type.rawValue); correct one of them.")
    }

    /// More keys than a request can hold.
    static let tooManyKeys = CacheError(.tooLarge, "The keys of the request exceed 4 GiB; send several requests.")
}
