internal import GRDB

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The database of a local store, opened to read and closed again for each question.
///
/// Source: the tables of Nix 2.x (`schema.sql` and `ca-specific-schema.sql`); their version is 10 since 2016.
struct StoreDatabase: Sendable {
    /// The directory of the database, `…/db` of the store's state.
    let directory: String

    /// The version of the tables that is known.
    static let knownSchema = "10"

    var path: String { directory + "/db.sqlite" }

    /// Reads in one transaction. The calling thread waits.
    ///
    /// - Parameter body: What is read; it may be called twice.
    /// - Throws: ``ClientError`` with the code `databaseUnreadable`, which says why, or what `body` throws of its own.
    func read<Value>(_ body: (Database) throws -> Value) throws(ClientError) -> Value {
        try checkSchema()
        // In WAL mode a reader, too, writes beside the database, which others than root may not, unless that is promised
        // to stay as it is. Whether it did is seen afterwards.
        if let state = quietState, let value = try? read(Self.immutableURL(of: path), body), quietState == state {
            return value
        }
        return try read(path, body)
    }

    private func read<Value>(
        _ path: String, _ body: (Database) throws -> Value
    ) throws(ClientError) -> Value {
        var configuration = Configuration()
        configuration.label = "niks3.store"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try queue.read(body)
        } catch let error as ClientError {
            throw error
        } catch {
            let reason = (error as? DatabaseError)?.message ?? "\(error)"
            throw ClientError(.databaseUnreadable, "\(self.path) cannot be read (\(reason)).", cause: error)
        }
    }

    /// Whether something keeps the tables of content-addressed derivations.
    var keepsRealisations: Bool { FileAccess.exists(directory + "/ca-schema") }

    private func checkSchema() throws(ClientError) {
        let file = directory + "/schema"
        let bytes: [UInt8]?
        do throws(ClientError) {
            bytes = try FileAccess.contents(of: file, limit: 64)
        } catch {
            throw ClientError(.databaseUnreadable, error.message, cause: error)
        }
        guard let bytes else { throw ClientError(.databaseUnreadable, "There is no \(file).") }
        let version = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard version == Self.knownSchema else {
            throw ClientError(
                .databaseUnreadable,
                "\(file) names version \(version) of the tables, and only \(Self.knownSchema) is known.")
        }
    }

    // MARK: - A database that nobody writes to

    /// What tells whether a file was changed.
    private struct FileState: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    /// The state of the database where nobody has it open; nil when somebody has: then its log is there.
    private var quietState: FileState? {
        guard !FileAccess.hasEntry(at: path + "-wal"), !FileAccess.hasEntry(at: path + "-journal") else { return nil }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return FileState(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec))
    }

    /// The file as one that nobody will change. Where SQLite was built to take no URLs, there is no such file.
    private static func immutableURL(of path: String) -> String {
        var url = "file:"
        for character in path.unicodeScalars {
            switch character {
            case "%": url += "%25"
            case "?": url += "%3f"
            case "#": url += "%23"
            default: url.unicodeScalars.append(character)
            }
        }
        return url + "?immutable=1"
    }
}
