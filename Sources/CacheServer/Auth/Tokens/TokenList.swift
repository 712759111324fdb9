public import CacheCore

/// The tokens of a file, checked.
public struct TokenList: Hashable, Sendable {
    /// The most tokens in one file: each login is compared with all of them.
    public static let limit = 1000

    /// In the order of the file.
    public private(set) var records: [TokenRecord]

    private struct Document: APIMessage {
        var tokens: [TokenRecord]
    }

    /// An empty list.
    public init() {
        records = []
    }

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - place: its path, for the error.
    /// - Throws: ``ConfigurationError`` for anything that is not exactly what ``serialized()`` writes.
    public init(parsing bytes: [UInt8], from place: String) throws(ConfigurationError) {
        let document: Document
        do {
            // Reads it twice: this one refuses members that are there twice.
            _ = try JSONValue(parsing: bytes)
            document = try Document.decode(bytes)
        } catch {
            throw ConfigurationError("\(place) is no file of tokens: \(error)")
        }
        guard document.tokens.count <= Self.limit else { throw Self.full(place) }
        var names: Set<String> = []
        for record in document.tokens {
            let name = record.name.prefix(64)
            guard TokenRecord.isName(record.name), names.insert(record.name).inserted else {
                throw ConfigurationError(
                    "\(place): the name '\(name)' is there twice, or has something else than letters, digits, dots, "
                        + "underscores and hyphens; give each token a name of its own")
            }
            guard TokenDigest(hex: record.sha256) != nil else {
                throw ConfigurationError(
                    "\(place): sha256 of the token '\(name)' is not 64 hexadecimal digits; add the token anew")
            }
            _ = try Scopes(named: record.scopes, in: "\(place), token '\(name)'")
        }
        records = document.tokens
    }

    /// The text of a file.
    ///
    /// - Throws: `CacheError` when it cannot be written as JSON.
    public func serialized() throws(CacheError) -> [UInt8] {
        try Document(tokens: records).encoded() + [0x0A]
    }

    /// Adds a token. One of the same name that no longer counts is replaced.
    ///
    /// - Throws: ``ConfigurationError`` for a name that is none or taken, and when the list is full.
    public mutating func add(_ record: TokenRecord, now: Timestamp) throws(ConfigurationError) {
        guard TokenRecord.isName(record.name) else {
            throw ConfigurationError(
                "'\(record.name.prefix(64))' is no name for a token; use 1 to 64 letters, digits, dots, underscores "
                    + "and hyphens")
        }
        if let index = records.firstIndex(where: { $0.name == record.name }) {
            guard !records[index].isValid(at: now) else {
                throw ConfigurationError(
                    "there is a token '\(record.name)' already; choose another name, or revoke that one first")
            }
            records.remove(at: index)
        }
        guard records.count < Self.limit else { throw Self.full("the file") }
        records.append(record)
    }

    /// Has a token count no more. It stays in the list, so that the list shows what there was.
    ///
    /// - Throws: ``ConfigurationError`` where there is none of this name, or it is revoked already.
    public mutating func revoke(_ name: String, now: Timestamp) throws(ConfigurationError) {
        guard let index = records.firstIndex(where: { $0.name == name }) else {
            throw ConfigurationError("there is no token '\(name.prefix(64))'; list them with: niks3-server tokens list")
        }
        guard records[index].revokedAt == nil else {
            throw ConfigurationError("the token '\(name)' is revoked already")
        }
        records[index].revokedAt = now
    }

    private static func full(_ place: String) -> ConfigurationError {
        ConfigurationError("\(place) holds more than \(limit) tokens; take out those that no longer count")
    }
}
