#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON body of the HTTP API.
public protocol APIMessage: Codable, Sendable {}

extension APIMessage {
    /// Decodes a body.
    /// - Throws: ``CacheError`` of code `invalidRequest` with a sentence that names the field.
    public static func decode(_ bytes: [UInt8]) throws(CacheError) -> Self {
        do {
            return try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw CacheError(.invalidRequest, error.sentence)
        } catch {
            throw CacheError(.invalidRequest, "The JSON cannot be read: \(error).")
        }
    }

    /// Encodes the body, with sorted keys.
    /// - Throws: ``CacheError`` of code `internal` when it holds something that JSON cannot express.
    public func encoded() throws(CacheError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(self))
        } catch {
            throw CacheError(.internal, "The answer cannot be written as JSON: \(error).")
        }
    }
}

extension DecodingError {
    /// What is wrong, in one sentence that names the field.
    fileprivate var sentence: String {
        switch self {
        case .typeMismatch(let type, let context):
            "The JSON field \(Self.path(context.codingPath)) is not of the expected kind (\(Self.name(of: type)))."
        case .valueNotFound(_, let context):
            "The JSON field \(Self.path(context.codingPath)) is null but needs a value."
        case .keyNotFound(let key, let context):
            "The JSON field \(Self.path(context.codingPath + [key])) is missing."
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? CacheError.notJSON.message
                : "The JSON field \(Self.path(context.codingPath)) cannot be used: \(context.debugDescription)."
        @unknown default:
            CacheError.notJSON.message
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        guard !keys.isEmpty else { return "at the top" }
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return "'\(text.prefix(300))'"
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is [String: Any].Type: "an object"
        case is any FixedWidthInteger.Type: "a whole number"
        default: "\(type)".hasPrefix("Array") ? "a list" : "\(type)".hasPrefix("Dictionary") ? "an object" : "\(type)"
        }
    }
}
