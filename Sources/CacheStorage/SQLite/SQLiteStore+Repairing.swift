public import CacheCore
import GRDB

extension SQLiteStore {
    /// Inserts objects that there is no row for, and that nobody claims.
    public func adopt(_ keys: [ObjectKey], as state: ObjectState) async throws(CacheError) -> Int {
        try await write { database in
            try database.run(
                """
                INSERT INTO objects (key, state) SELECT k.value, ? FROM json_each(?) AS k
                WHERE NOT EXISTS (SELECT 1 FROM objects AS o WHERE o.key = k.value)
                """, [state.rawValue, JSONList.strings(keys.map(\.text))])
            return database.changesCount
        }
    }

    /// Writes the refs of an object that is still as it was inspected.
    public func cutReferences(
        of object: InspectedObject, to refs: [ObjectID], upload: UploadID
    ) async throws(CacheError) -> Bool {
        try await write { database in
            try database.run(
                """
                UPDATE objects SET refs = ? WHERE id = ? AND state = 1 AND busy_until = ? AND refs = ?
                    AND NOT EXISTS (SELECT 1 FROM claims AS c WHERE c.object_id = objects.id AND c.upload_id <> ?)
                """,
                [
                    JSONList.numbers(refs), object.id, object.busyUntil.microseconds,
                    JSONList.numbers(object.refs.map(\.id)), upload.rawValue,
                ])
            return database.changesCount == 1
        }
    }

    /// Writes the size of an object that is still live and of the size it was inspected with.
    public func correctSize(of object: InspectedObject, to size: Int64) async throws(CacheError) -> Bool {
        guard let known = object.size else { return false }
        return try await write { database in
            try database.run(
                "UPDATE objects SET size = ? WHERE id = ? AND state = 1 AND size = ?", [size, object.id, known])
            guard database.changesCount == 1 else { return false }
            try database.run("INSERT INTO statistics (objects, bytes) VALUES (0, ?)", [size - known])
            return true
        }
    }
}
