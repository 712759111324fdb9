internal import GRDB
public import NarKit

extension DatabaseStore {
    /// The realisations for the content-addressed paths of a closure.
    ///
    /// - Parameter closure: A closure as ``closure(of:)`` gives it.
    /// - Returns: The realisations whose output is one of its content-addressed paths, and those they depend on; sorted by
    ///   id. Empty where the store was never used with content-addressed derivations.
    /// - Throws: ``ClientError`` with the code `databaseUnreadable` or `cancelled`.
    public func realisations(for closure: [PathInfo]) async throws(ClientError) -> [Realisation] {
        let derived = Set(closure.lazy.filter { $0.deriver != nil }.map(\.storePath))
        let outputs = Set(closure.lazy.filter { $0.contentAddress != nil && $0.deriver != nil }.map(\.storePath))
        guard !outputs.isEmpty else { return [] }
        let list = try Self.list(outputs.map { $0.path(in: directories.store) })
        let known = try await BlockingWork.run { () throws(ClientError) -> [Realisation] in
            guard database.keepsRealisations else { return [] }
            let rows = try database.read { connection in
                try RealisationRow.fetchAll(connection, sql: Self.realisationQuery, arguments: [list])
            }
            do throws(NarKitError) { return try realisations(rows) } catch { throw unknown(error) }
        }
        guard !Task.isCancelled else { throw .cancelled }
        // A dependency that the closure does not hold is not pushed with it.
        let byID = Dictionary(
            known.lazy.filter { derived.contains($0.outPath) }.map { ($0.id.description, $0) },
            uniquingKeysWith: { first, _ in first })
        return NixStore.reachable(in: byID, from: outputs).needed.sorted { $0.id.description < $1.id.description }
    }

    private static let realisationQuery = """
        WITH RECURSIVE reached(id) AS (
            SELECT Realisations.id FROM Realisations JOIN ValidPaths ON ValidPaths.id = outputPath
            WHERE path IN (SELECT value FROM json_each(?))
            UNION
            SELECT realisationReference FROM reached JOIN RealisationsRefs ON referrer = reached.id
            WHERE realisationReference IS NOT NULL
        )
        SELECT reached.id, drvPath, outputName, path, signatures,
            (SELECT group_concat(realisationReference) FROM RealisationsRefs WHERE referrer = reached.id)
        FROM reached JOIN Realisations USING (id) JOIN ValidPaths ON ValidPaths.id = outputPath
        """

    /// A row of ``realisationQuery``.
    private struct RealisationRow: FetchableRecord {
        var id: Int64
        var derivation: String
        var output: String
        var path: String
        var signatures: String?
        var references: String?

        init(row: Row) {
            (id, derivation, output, path) = (row[0], row[1], row[2], row[3])
            (signatures, references) = (row[4], row[5])
        }
    }

    private func realisations(_ rows: [RealisationRow]) throws(NarKitError) -> [Realisation] {
        var byID: [Int64: Realisation] = [:]
        for row in rows {
            byID[row.id] = Realisation(
                id: try Realisation.ID(parsing: "\(row.derivation)!\(row.output)"),
                outPath: try StorePath(parsing: row.path, in: directories.store),
                signatures: Self.signatures(row.signatures))
        }
        return rows.compactMap { row in
            guard var realisation = byID[row.id] else { return nil }
            for reference in (row.references ?? "").split(separator: ",") {
                guard let dependency = Int64(reference).flatMap({ byID[$0] }) else { continue }
                realisation.dependentRealisations[dependency.id.description] = dependency.outPath
            }
            return realisation
        }
    }
}
