import CacheCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file that keeps a value as JSON. It is replaced as a whole.
struct JSONFile<Value: Codable> {
    let path: String
    /// What it says, for messages: "how far a check is".
    let says: String

    /// What the file says; nil where there is none.
    /// - Throws: ``CacheError`` for a file that says something else.
    func read() throws(CacheError) -> Value? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(Value.self, from: try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw CacheError(
                .invalidRequest, "The file \(path) does not say \(says) (\(error)); remove it to begin anew.")
        }
    }

    func write(_ value: Value) throws(CacheError) {
        do {
            try Data(try value.jsonLine.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CacheError(.unavailable, "The file \(path) cannot be written (\(error)); check its directory.")
        }
    }

    /// Removes the file when all is done.
    func remove() throws(CacheError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw CacheError(.unavailable, "The file \(path) cannot be removed (\(error)); remove it by hand.")
        }
    }
}
