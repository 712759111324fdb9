internal import GRDB
public import NarKit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The local store, as its database knows it: no `nix` process is started.
///
/// What it cannot read it says with the code `databaseUnreadable`; ``LocalStore`` asks `nix` then.
public struct DatabaseStore: StoreReader {
    /// Where the installation keeps things.
    public let directories: NixDirectories
    let database: StoreDatabase

    /// Makes a reader of the database in the state directory.
    ///
    /// - Parameter directories: Where the installation keeps things.
    public init(directories: NixDirectories = NixDirectories()) {
        self.directories = directories
        database = StoreDatabase(directory: directories.state + "/db")
    }

    /// The closure of some paths, in one statement.
    ///
    /// - Parameter roots: The paths to begin with.
    /// - Returns: Each path that is reached over references, the roots included, once; sorted by path.
    /// - Throws: ``ClientError`` with the code `invalidPath`, `databaseUnreadable` or `cancelled`.
    public func closure(of roots: [StorePath]) async throws(ClientError) -> [PathInfo] {
        guard !roots.isEmpty else { return [] }
        let names = roots.map { $0.path(in: directories.store) }
        let list = try Self.list(names)
        let closure = try await BlockingWork.run { () throws(ClientError) in
            let rows = try database.read { connection in
                try PathRow.fetchAll(connection, sql: Self.closureQuery, arguments: [list])
            }
            return try pathInfos(rows)
        }
        guard !Task.isCancelled else { throw .cancelled }
        let found = Set(closure.map(\.storePath))
        if let root = roots.first(where: { !found.contains($0) }) {
            throw .invalidPath(root.path(in: directories.store))
        }
        return closure
    }

    private static let closureQuery = """
        WITH RECURSIVE reached(id) AS (
            SELECT id FROM ValidPaths WHERE path IN (SELECT value FROM json_each(?))
            UNION
            SELECT reference FROM reached JOIN Refs ON referrer = reached.id
        )
        SELECT id, path, hash, narSize, deriver, sigs, ca,
            (SELECT group_concat(reference) FROM Refs WHERE referrer = ValidPaths.id)
        FROM reached JOIN ValidPaths USING (id)
        """

    /// A row of ``closureQuery``.
    private struct PathRow: FetchableRecord {
        var id: Int64
        var path: String
        var hash: String
        var narSize: Int64?
        var deriver: String?
        var signatures: String?
        var contentAddress: String?
        var references: String?

        init(row: Row) {
            (id, path, hash, narSize) = (row[0], row[1], row[2], row[3])
            (deriver, signatures, contentAddress, references) = (row[4], row[5], row[6], row[7])
        }
    }

    private func pathInfos(_ rows: [PathRow]) throws(ClientError) -> [PathInfo] {
        do throws(NarKitError) {
            var paths: [Int64: StorePath] = [:]
            paths.reserveCapacity(rows.count)
            for row in rows { paths[row.id] = try StorePath(parsing: row.path, in: directories.store) }
            var infos: [PathInfo] = []
            infos.reserveCapacity(rows.count)
            for row in rows { infos.append(try pathInfo(row, paths)) }
            return infos.sorted { $0.storePath < $1.storePath }
        } catch {
            throw unknown(error)
        }
    }

    private func pathInfo(_ row: PathRow, _ paths: [Int64: StorePath]) throws(NarKitError) -> PathInfo {
        guard let path = paths[row.id], let size = row.narSize.flatMap(UInt64.init(exactly:)) else {
            throw NarKitError(.unsupported, "\(row.path) has no size.")
        }
        var deriver: StorePath?
        if let text = row.deriver, !text.isEmpty { deriver = try StorePath(parsing: text, in: directories.store) }
        var contentAddress: ContentAddress?
        if let text = row.contentAddress, !text.isEmpty { contentAddress = try ContentAddress(parsing: text) }
        return PathInfo(
            storePath: path, narHash: try NixHash(parsing: row.hash), narSize: size,
            references: (row.references ?? "").utf8.split(separator: UInt8(ascii: ",")).compactMap { digits in
                Int64(Substring(digits)).flatMap { paths[$0] }
            },
            deriver: deriver, signatures: Self.signatures(row.signatures), contentAddress: contentAddress)
    }

    /// Signatures with spaces in between; a malformed one proves nothing, and is no reason not to push the path.
    static func signatures(_ text: String?) -> [Signature] {
        (text ?? "").split(separator: " ").compactMap { try? Signature(parsing: $0) }
    }

    /// A list as the one argument of a statement.
    static func list(_ names: [String]) throws(ClientError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
        } catch {
            throw ClientError(wrapping: error)
        }
    }

    func unknown(_ error: NarKitError) -> ClientError {
        ClientError(
            .databaseUnreadable, "\(database.path) holds something that is not known: \(error.message)", cause: error)
    }
}
