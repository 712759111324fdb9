import CacheCore

/// How a row is locked (PostgreSQL manual, "Row-Level Locks").
enum PostgresRowLock: String {
    /// Kept from being deleted, and from what ``update`` precedes.
    case keyShare = "FOR KEY SHARE"
    /// Kept from all changes of others.
    case noKeyUpdate = "FOR NO KEY UPDATE"
    /// Kept from being locked by others in any way.
    case update = "FOR UPDATE"
}

extension PostgresConnection {
    /// The instant of a transaction: the one function from which SQL takes time.
    func instant() throws -> Timestamp {
        guard let row = try query("SELECT niks3.clock()").first else {
            throw PostgresError(.other, "its clock returned no row")
        }
        return try row[0].timestamp()
    }

    /// Locks an upload.
    ///
    /// All changes of an upload's state lock it for update, so that the state stays what it is for whoever locked it.
    /// - Returns: its state; nil when there is none.
    func lock(_ upload: UploadID, _ lock: PostgresRowLock) throws -> UploadState? {
        try query("SELECT state FROM niks3.uploads WHERE id = $1 \(lock.rawValue)", [.int(upload.rawValue)])
            .first.map { row in try row[0].uploadState() }
    }

    /// Locks objects in the order of their keys.
    ///
    /// - Returns: those that there are.
    @discardableResult
    func lock(_ objects: [ObjectID], _ lock: PostgresRowLock) throws -> Set<ObjectID> {
        guard !objects.isEmpty else { return [] }
        let rows = try query(
            """
            SELECT o.id FROM unnest($1::bigint[]) AS j (id) JOIN niks3.objects AS o ON o.id = j.id
            ORDER BY o.key \(lock.rawValue) OF o
            """, [.ints(objects)])
        return Set(try rows.map { try $0[0].int() })
    }

    /// Makes uploading objects live. They are locked.
    func makeLive(_ arrivals: [ObjectArrival]) throws {
        guard !arrivals.isEmpty else { return }
        let uploading = Set(
            try query(
                "SELECT id FROM niks3.objects WHERE id = ANY ($1) AND state = 0", [.ints(arrivals.map(\.id))]
            ).map { try $0[0].int() })
        let arrived = arrivals.filter { uploading.contains($0.id) }
        guard !arrived.isEmpty else { return }
        try query(
            """
            UPDATE niks3.objects AS o SET state = 1, size = a.size, registered = false
            FROM unnest($1::bigint[], $2::bigint[]) AS a (id, size) WHERE o.id = a.id
            """, [.ints(arrived.map(\.id)), .ints(arrived.map(\.size))])
        try appendStatistics(objects: Int64(arrived.count), bytes: arrived.reduce(0) { $0 + $1.size })
    }

    /// Appends the difference that a transaction makes.
    func appendStatistics(objects: Int64, bytes: Int64) throws {
        try query(
            "INSERT INTO niks3.statistics (objects, bytes) VALUES ($1, $2)", [.int(objects), .int(bytes)])
    }

    /// Lets clients write objects until an instant, or longer where that was allowed before. They are locked.
    func extendWritable(_ objects: [ObjectID], until instant: Timestamp) throws {
        guard !objects.isEmpty else { return }
        try query(
            "UPDATE niks3.objects SET writable_until = greatest(writable_until, $2) WHERE id = ANY ($1)",
            [.ints(objects), .int(instant.microseconds)])
    }
}

extension PostgresStore {
    /// True of a row `o` of objects that a publishing upload is to write.
    static let isBeingPublished = """
        EXISTS (SELECT FROM niks3.claims AS p WHERE p.object_id = o.id AND p.publish
                AND (SELECT u.state FROM niks3.uploads AS u WHERE u.id = p.upload_id) = 1)
        """

    /// The claims `c` of the upload `$1` with their objects `o`.
    ///
    /// How many claims an upload has is not known before they are read. `OFFSET 0` keeps the objects from being read
    /// first, or once for each claim.
    static let claimedObjects = """
        niks3.claims AS c
        CROSS JOIN LATERAL (SELECT * FROM niks3.objects AS o WHERE o.id = c.object_id OFFSET 0) AS o
        """
}

extension PostgresField {
    func timestamp() throws(PostgresError) -> Timestamp {
        Timestamp(microseconds: try int())
    }

    func uploadID() throws(PostgresError) -> UploadID {
        UploadID(rawValue: try int())
    }

    func objectState() throws -> ObjectState {
        try ObjectState(column: Int(try int()))
    }

    func uploadState() throws -> UploadState {
        try UploadState(column: Int(try int()))
    }

    func objectKey() throws -> ObjectKey {
        try ObjectKey(column: try text())
    }

    /// A text that lists keys.
    func keys() throws(PostgresError) -> [String] {
        KeyList.keys(in: try text())
    }
}
