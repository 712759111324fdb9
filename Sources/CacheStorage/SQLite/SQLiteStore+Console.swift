public import CacheCore
import GRDB

extension SQLiteStore: ConsoleStore {
    /// How many reports of a kind are kept.
    private static let keptReports = 50

    /// Takes note of how much the cache holds now.
    public func recordSample() async throws(CacheError) {
        try await write { database in
            let now = try database.instant()
            for resolution in SampleResolution.allCases {
                try database.run(
                    """
                    INSERT INTO samples (resolution, stretch, at, objects, bytes, pending)
                    SELECT ?1, ?2, ?3, coalesce(sum(objects), 0), coalesce(sum(bytes), 0),
                        (SELECT count(*) FROM uploads WHERE state IN (0, 1)) FROM statistics WHERE true
                    ON CONFLICT (resolution, stretch) DO UPDATE SET at = excluded.at, objects = excluded.objects,
                        bytes = excluded.bytes, pending = excluded.pending
                    """, [resolution.rawValue, resolution.stretch(of: now), now.microseconds])
                try database.run(
                    "DELETE FROM samples WHERE resolution = ? AND stretch < ?",
                    [resolution.rawValue, resolution.firstKept(at: now)])
            }
        }
    }

    /// The notes of a resolution.
    public func samples(_ resolution: SampleResolution) async throws(CacheError) -> [CacheSample] {
        try await read { database in
            var samples: [CacheSample] = []
            let sql = "SELECT at, objects, bytes, pending FROM samples WHERE resolution = ? ORDER BY stretch"
            try Row.forEach(database, sql, [resolution.rawValue]) { row in
                samples.append(
                    CacheSample(
                        at: Timestamp(microseconds: row[0]), objects: row[1], bytes: row[2], pendingUploads: row[3]))
            }
            return samples
        }
    }

    /// Uploads that there is still a row of.
    public func uploads(limit: Int) async throws(CacheError) -> [UploadSummary] {
        try await read { database in
            var uploads: [UploadSummary] = []
            let sql = """
                SELECT u.id, u.state, u.started_at, (SELECT group_concat(value, ' ') FROM json_each(u.roots)),
                    (SELECT count(*) FROM (SELECT 1 FROM claims AS c WHERE c.upload_id = u.id LIMIT ?2))
                FROM uploads AS u ORDER BY u.id DESC LIMIT ?1
                """
            try Row.forEach(database, sql, [limit, UploadSummary.countLimit]) { row in
                let (id, number, roots): (Int64, Int, String?) = (row[0], row[1], row[3])
                guard let state = UploadState(rawValue: number) else { return }
                uploads.append(
                    UploadSummary(
                        upload: StartedUpload(
                            id: UploadID(rawValue: id), state: state, startedAt: Timestamp(microseconds: row[2])),
                        roots: (roots ?? "").split(separator: " ").map(String.init), objects: row[4]))
            }
            return uploads
        }
    }

    /// Collections that have ended.
    public func finishedCollections() async throws(CacheError) -> [GCStatusResponse] {
        try await reports("collection")
    }

    /// Keeps what a check has found.
    public func recordCheck(_ report: FsckReport) async throws(CacheError) {
        let text = String(decoding: try report.encoded(), as: UTF8.self)
        try await write { database in try SQLiteStore.keep(text, kind: "check", database) }
    }

    /// What checks have found.
    public func checks() async throws(CacheError) -> [FsckReport] {
        try await reports("check")
    }

    /// The number of an object.
    public func objectID(of key: String) async throws(CacheError) -> ObjectID? {
        try await read { database in
            try ObjectID.fetchOne(database, cachedSQL: "SELECT id FROM objects WHERE key = ?", [key])
        }
    }

    private func reports<Report: APIMessage>(
        _ kind: String, function: StaticString = #function
    ) async throws(CacheError) -> [Report] {
        try await read(function: function) { database in
            try String.fetchAll(
                database, cachedSQL: "SELECT text FROM reports WHERE kind = ? ORDER BY id DESC", [kind]
            ).map { try Report.decode(Array($0.utf8)) }
        }
    }

    /// Keeps a report, and of its kind only the newest.
    static func keep(_ text: String, kind: String, _ database: Database) throws {
        try database.run(
            "INSERT INTO reports (kind, at, text) VALUES (?, ?, ?)",
            [kind, try database.instant().microseconds, text])
        try database.run(
            """
            DELETE FROM reports WHERE kind = ?1
                AND id <= (SELECT id FROM reports WHERE kind = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """, [kind, keptReports])
    }

    static let consoleSchema = """
        -- How much there was: for each stretch of so many seconds, the latest that is known.
        CREATE TABLE samples (
            resolution INTEGER NOT NULL,
            stretch INTEGER NOT NULL,
            at INTEGER NOT NULL,
            objects INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            PRIMARY KEY (resolution, stretch)
        ) STRICT, WITHOUT ROWID;

        -- What collections and checks came to, JSON objects.
        CREATE TABLE reports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX reports_kind ON reports (kind, id);
        """
}
