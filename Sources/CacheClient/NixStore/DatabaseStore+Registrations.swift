internal import GRDB

extension DatabaseStore {
    /// A path and the number under which it was registered: numbers only grow, and are not used again.
    struct Registration: FetchableRecord, Hashable, Sendable {
        var number: Int64
        var path: String

        init(row: Row) { (number, path) = (row[0], row[1]) }
    }

    /// The number of the path that was registered last, be it valid still or not; 0 before the first.
    ///
    /// - Throws: ``ClientError`` with the code `databaseUnreadable`.
    func lastRegistration() async throws(ClientError) -> Int64 {
        try await BlockingWork.run { () throws(ClientError) in
            try database.read { connection in
                try Int64.fetchOne(connection, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'ValidPaths'") ?? 0
            }
        }
    }

    /// The valid paths that were registered after another, in order.
    ///
    /// - Parameters:
    ///   - number: The number of the other.
    ///   - limit: How many at most.
    /// - Throws: ``ClientError`` with the code `databaseUnreadable`.
    func registrations(after number: Int64, limit: Int) async throws(ClientError) -> [Registration] {
        try await BlockingWork.run { () throws(ClientError) in
            try database.read { connection in
                try Registration.fetchAll(
                    connection, sql: "SELECT id, path FROM ValidPaths WHERE id > ? ORDER BY id LIMIT ?",
                    arguments: [number, limit])
            }
        }
    }
}
