import GRDB
import NarKit

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store database as Nix 2.8 makes it, below a temporary directory, which is removed with it.
final class TestDatabase: Sendable {
    let directories: NixDirectories
    private let base: String

    var directory: String { directories.state + "/db" }
    var path: String { directory + "/db.sqlite" }

    init() throws {
        base = FileManager.default.temporaryDirectory.path + "/niks3-db-" + UUID().uuidString
        directories = NixDirectories(state: base + "/var")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try write("10", to: "schema")
        try execute(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE ValidPaths (
                id integer primary key autoincrement not null, path text unique not null, hash text not null,
                registrationTime integer not null, deriver text, narSize integer, ultimate integer, sigs text, ca text
            );
            CREATE TABLE Refs (
                referrer integer not null, reference integer not null, primary key (referrer, reference),
                foreign key (referrer) references ValidPaths(id) on delete cascade,
                foreign key (reference) references ValidPaths(id) on delete restrict
            );
            CREATE TABLE Realisations (
                id integer primary key autoincrement not null, drvPath text not null, outputName text not null,
                outputPath integer not null, signatures text,
                foreign key (outputPath) references ValidPaths(id) on delete cascade
            );
            CREATE TABLE RealisationsRefs (referrer integer not null, realisationReference integer);
            """)
    }

    deinit { try? FileManager.default.removeItem(atPath: base) }

    /// Writes a file beside the database.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: directory + "/" + name))
    }

    /// Runs statements, on a connection that is closed at once.
    func execute(_ sql: String, arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { connection in
            if arguments.isEmpty {
                try connection.execute(sql: sql)
            } else {
                try connection.execute(sql: sql, arguments: arguments)
            }
        }
        try queue.close()
    }

    /// Adds a path whose hash is that of nothing.
    func add(
        _ path: StorePath, size: Int64? = 120, hash: String = "sha256:" + NixHash.sha256(of: []).hex,
        deriver: String? = nil, signatures: String? = nil, contentAddress: String? = nil, references: [StorePath] = []
    ) throws {
        try execute(
            """
            INSERT INTO ValidPaths (path, hash, registrationTime, deriver, narSize, sigs, ca) VALUES (?, ?, 1, ?, ?, ?, ?)
            """,
            arguments: [path.path(in: directories.store), hash, deriver, size, signatures, contentAddress])
        for reference in references {
            try execute(
                """
                INSERT INTO Refs SELECT a.id, b.id FROM ValidPaths a, ValidPaths b WHERE a.path = ? AND b.path = ?
                """,
                arguments: [path.path(in: directories.store), reference.path(in: directories.store)])
        }
    }
}
