public import CacheCore

extension PostgresStore: ConsoleStore {
    /// Takes note of how much the cache holds now.
    public func recordSample() async throws(CacheError) {
        try await transaction { connection in
            let now = try connection.instant()
            for resolution in SampleResolution.allCases {
                try connection.query(
                    """
                    INSERT INTO niks3.samples (resolution, stretch, at, objects, bytes, pending)
                    SELECT $1, $2, $3, coalesce(sum(objects), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
                        (SELECT count(*) FROM niks3.uploads WHERE state IN (0, 1)) FROM niks3.statistics
                    ON CONFLICT (resolution, stretch) DO UPDATE SET at = excluded.at, objects = excluded.objects,
                        bytes = excluded.bytes, pending = excluded.pending
                    """,
                    [.int(resolution.rawValue), .int(resolution.stretch(of: now)), .int(now.microseconds)])
                try connection.query(
                    "DELETE FROM niks3.samples WHERE resolution = $1 AND stretch < $2",
                    [.int(resolution.rawValue), .int(resolution.firstKept(at: now))])
            }
        }
    }

    /// The notes of a resolution.
    public func samples(_ resolution: SampleResolution) async throws(CacheError) -> [CacheSample] {
        try await transaction(.single) { connection in
            try connection.query(
                "SELECT at, objects, bytes, pending FROM niks3.samples WHERE resolution = $1 ORDER BY stretch",
                [.int(resolution.rawValue)]
            ).map { row in
                CacheSample(
                    at: try row[0].timestamp(), objects: try row[1].int(), bytes: try row[2].int(),
                    pendingUploads: try row[3].int())
            }
        }
    }

    /// Uploads that there is still a row of.
    public func uploads(limit: Int) async throws(CacheError) -> [UploadSummary] {
        try await transaction(.single) { connection in
            try connection.query(
                """
                SELECT u.id, u.state, u.started_at, u.roots,
                    (SELECT count(*) FROM (SELECT FROM niks3.claims AS c WHERE c.upload_id = u.id LIMIT $2) AS counted)
                FROM niks3.uploads AS u ORDER BY u.id DESC LIMIT $1
                """, [.int(Int64(limit)), .int(Int64(UploadSummary.countLimit))]
            ).map { row in
                UploadSummary(
                    upload: StartedUpload(
                        id: UploadID(rawValue: try row[0].int()), state: try row[1].uploadState(),
                        startedAt: try row[2].timestamp()),
                    roots: try row[3].texts(), objects: Int(try row[4].int()))
            }
        }
    }

    /// Collections that have ended.
    public func finishedCollections() async throws(CacheError) -> [GCStatusResponse] {
        try await reports("collection")
    }

    /// Keeps what a check has found.
    public func recordCheck(_ report: FsckReport) async throws(CacheError) {
        let text = String(decoding: try report.encoded(), as: UTF8.self)
        try await transaction { connection in try connection.keep(text, kind: "check") }
    }

    /// What checks have found.
    public func checks() async throws(CacheError) -> [FsckReport] {
        try await reports("check")
    }

    /// The number of an object.
    public func objectID(of key: String) async throws(CacheError) -> ObjectID? {
        try await transaction(.single) { connection in
            try connection.query("SELECT id FROM niks3.objects WHERE key = $1", [.text(key)]).first.map { row in
                try row[0].int()
            }
        }
    }

    private func reports<Report: APIMessage>(
        _ kind: String, function: StaticString = #function
    ) async throws(CacheError) -> [Report] {
        try await transaction(.single, function: function) { connection in
            try connection.query(
                "SELECT text FROM niks3.reports WHERE kind = $1 ORDER BY id DESC", [.text(kind)]
            ).map { try Report.decode(Array(try $0[0].text().utf8)) }
        }
    }
}

extension PostgresConnection {
    /// How many reports of a kind are kept.
    private static let keptReports: Int64 = 50

    /// Keeps a report, and of its kind only the newest.
    func keep(_ text: String, kind: String) throws {
        try query(
            "INSERT INTO niks3.reports (kind, at, text) VALUES ($1, $2, $3)",
            [.text(kind), .int(try instant().microseconds), .text(text)])
        try query(
            """
            DELETE FROM niks3.reports WHERE kind = $1
                AND id <= (SELECT id FROM niks3.reports WHERE kind = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)
            """, [.text(kind), .int(Self.keptReports)])
    }
}
