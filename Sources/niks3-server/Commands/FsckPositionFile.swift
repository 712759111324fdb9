import CacheCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file that keeps how far a check is. It is replaced as a whole.
struct FsckPositionFile {
    let path: String

    /// What an earlier check has kept; nil where there is none.
    /// - Throws: ``CacheError`` for a file that is none, or of a check with other options.
    func position(_ options: FsckOptions) throws(CacheError) -> FsckPosition? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let position: FsckPosition
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            position = try JSONDecoder().decode(FsckPosition.self, from: data)
        } catch {
            throw CacheError(
                .invalidRequest, "The file \(path) does not say how far a check is (\(error)); remove it to begin anew."
            )
        }
        guard position.options == options else {
            throw CacheError(
                .invalidRequest,
                "The file \(path) is of a check with other flags; give --repair and --deep as then, or remove it.")
        }
        return position
    }

    func write(_ position: FsckPosition) throws(CacheError) {
        do {
            try Data(try position.jsonLine.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CacheError(.unavailable, "The file \(path) cannot be written (\(error)); check its directory.")
        }
    }

    /// Removes the file of a check that is done.
    func remove() throws(CacheError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw CacheError(.unavailable, "The file \(path) cannot be removed (\(error)); remove it by hand.")
        }
    }
}
