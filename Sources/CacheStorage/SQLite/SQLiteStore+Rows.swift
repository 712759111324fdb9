import CacheCore
import GRDB

extension SQLiteStore {
    /// The state of an upload; nil when there is none.
    static func state(of upload: UploadID, _ database: Database) throws -> UploadState? {
        let sql = "SELECT state FROM uploads WHERE id = ?"
        return try Int.fetchOne(database, cachedSQL: sql, [upload.rawValue]).map { state throws(CacheError) in
            try UploadState(column: state)
        }
    }

    /// Makes uploading objects live.
    /// - Returns: how many.
    static func makeLive(_ arrivals: [ObjectArrival], _ database: Database) throws {
        guard !arrivals.isEmpty else { return }
        let statement = try database.cachedStatement(
            sql: "UPDATE objects SET state = 1, size = ?, registered = 0 WHERE id = ? AND state = 0")
        var changed: Int64 = 0
        var bytes: Int64 = 0
        for arrival in arrivals {
            try statement.execute(arguments: [arrival.size, arrival.id])
            guard database.changesCount > 0 else { continue }
            changed += 1
            bytes += arrival.size
        }
        try appendStatistics(objects: changed, bytes: bytes, database)
    }

    /// Appends the difference that some objects make.
    static func appendStatistics(_ ids: String, sign: Int64, _ database: Database) throws {
        try database.run(
            """
            INSERT INTO statistics (objects, bytes)
            SELECT ?1 * n, ?1 * bytes FROM (
                SELECT count(*) AS n, coalesce(sum(o.size), 0) AS bytes
                FROM json_each(?2) AS j CROSS JOIN objects AS o ON o.id = j.value
            ) WHERE n > 0
            """, [sign, ids])
    }

    static func appendStatistics(objects: Int64, bytes: Int64, _ database: Database) throws {
        guard objects != 0 else { return }
        try database.run("INSERT INTO statistics (objects, bytes) VALUES (?, ?)", [objects, bytes])
    }

    /// True of a row `o` of objects that a publishing upload is to write.
    static let isBeingPublished = """
        EXISTS (SELECT 1 FROM claims AS p JOIN uploads AS u ON u.id = p.upload_id
                WHERE p.object_id = o.id AND p.publish = 1 AND u.state = 1)
        """
}
