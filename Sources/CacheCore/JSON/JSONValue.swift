/// A JSON value of any kind: for texts of others, of which only some members matter, such as tokens and key sets.
public indirect enum JSONValue: Hashable, Sendable {
    /// Its members by name.
    case object([String: JSONValue])
    /// Its elements.
    case array([JSONValue])
    /// The text with escapes resolved.
    case string(String)
    /// The digits as they were written.
    case number(String)
    /// True or false.
    case bool(Bool)
    /// Null.
    case null

    /// Reads a whole text.
    ///
    /// An object that names a member twice is refused: two readers might each take another one (RFC 8259, 4).
    /// - Throws: ``CacheError`` of code `invalidRequest` for what is not JSON, and for a name that is there twice.
    public init(parsing bytes: [UInt8]) throws(CacheError) {
        var scanner = JSONScanner(JSONValueBuilder())
        let noJSON = CacheError(.invalidRequest, "It is no valid JSON.")
        do throws(CacheError) {
            try scanner.scan(bytes.span)
            try scanner.finish()
        } catch {
            throw noJSON
        }
        if let name = scanner.sink.repeatedName {
            throw CacheError(.invalidRequest, "It has the member '\(name.prefix(64))' twice; leave one out.")
        }
        guard let value = scanner.sink.result else { throw noJSON }
        self = value
    }

    /// A member of an object; nil where there is none, or the value is no object.
    public subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text of a string; nil for any other value.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array; nil for any other value.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; nil for any other value.
    public var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}
