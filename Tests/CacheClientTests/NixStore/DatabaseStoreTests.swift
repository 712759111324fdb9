import GRDB
import Logging
import NarKit
import ProgramKit
import Testing

@testable import CacheClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DatabaseStoreTests {
    private let database: TestDatabase
    private let store: DatabaseStore

    init() throws {
        database = try TestDatabase()
        store = DatabaseStore(directories: database.directories)
    }

    @Test("a closure is what the tables say, sorted, each path once")
    func closure() async throws {
        let (library, program, other) = (
            try storePath("b", "library"), try storePath("a", "program"), try storePath("c", "other")
        )
        let signature = "key-1:" + [UInt8](repeating: 7, count: 64).withUnsafeBytes { Data($0).base64EncodedString() }
        try database.add(library, signatures: "\(signature) broken:x", references: [library])
        try database.add(
            program, size: 4096, deriver: "/nix/store/\(try storePath("d", "program.drv"))",
            contentAddress: "fixed:r:sha256:" + NixHash.sha256(of: []).nix32, references: [library, program])
        try database.add(other, references: [program])

        let closure = try await store.closure(of: [program, program])
        #expect(
            closure == [
                PathInfo(
                    storePath: program, narHash: .sha256(of: []), narSize: 4096, references: [program, library],
                    deriver: try storePath("d", "program.drv"),
                    contentAddress: try ContentAddress(
                        parsing: "fixed:r:sha256:" + NixHash.sha256(of: []).nix32)),
                PathInfo(
                    storePath: library, narHash: .sha256(of: []), narSize: 120, references: [library],
                    signatures: [try Signature(parsing: signature)]),
            ])
        #expect(try await store.closure(of: [other, library]).map(\.storePath) == [program, library, other])
        #expect(try await store.closure(of: []).isEmpty)
    }

    @Test("a path that is not valid is named")
    func invalidPath() async throws {
        try database.add(try storePath("a", "there"))
        let absent = try storePath("b", "absent")
        let error = await #expect(throws: ClientError.self) {
            try await store.closure(of: [try storePath("a", "there"), absent])
        }
        #expect(error?.code == .invalidPath)
        #expect(error?.message == "/nix/store/\(absent) is not a valid path of the local store: `nix build` it first.")
    }

    @Test("realisations of content-addressed paths come with those they depend on, where the closure holds these")
    func realisations() async throws {
        let (library, program, stranger) = (
            try storePath("b", "library"), try storePath("a", "program"), try storePath("c", "stranger")
        )
        let address = "fixed:r:sha256:" + NixHash.sha256(of: []).nix32
        for path in [library, program, stranger] {
            try database.add(
                path, deriver: "/nix/store/\(try storePath("d", "\(path.name).drv"))", contentAddress: address,
                references: path == program ? [library] : [])
        }
        let ids = ["1", "2", "3"].map { "sha256:" + String(repeating: $0, count: 64) }
        try database.execute(
            """
            INSERT INTO Realisations VALUES (1, '\(ids[0])', 'out', 1, NULL), (2, '\(ids[1])', 'bin', 2, ''),
                (3, '\(ids[2])', 'out', 3, NULL);
            INSERT INTO RealisationsRefs VALUES (2, 1), (2, 3), (2, NULL);
            """)
        let closure = try await store.closure(of: [program])
        #expect(try await store.realisations(for: closure).isEmpty, "there is no ca-schema yet")

        try database.write("3", to: "ca-schema")
        let found = try await store.realisations(for: closure)
        #expect(
            found == [
                Realisation(id: try Realisation.ID(parsing: ids[0] + "!out"), outPath: library),
                Realisation(
                    id: try Realisation.ID(parsing: ids[1] + "!bin"), outPath: program,
                    dependentRealisations: [ids[0] + "!out": library, ids[2] + "!out": stranger]),
            ])
    }

    @Test(
        "what is not known is said, so that nix can be asked",
        arguments: [
            ("UPDATE ValidPaths SET narSize = NULL", "/nix/store/PATH has no size."),
            ("UPDATE ValidPaths SET hash = 'md6:x'", "DB holds something that is not known: "),
            ("UPDATE ValidPaths SET deriver = '/elsewhere/x'", "DB holds something that is not known: "),
            ("ALTER TABLE ValidPaths RENAME COLUMN sigs TO signatures", "no such column: sigs"),
            ("DROP TABLE Refs", "no such table: Refs"),
        ])
    func unknown(change: String, reason: String) async throws {
        let path = try storePath("a", "there")
        try database.add(path)
        try database.execute(change)
        let error = await #expect(throws: ClientError.self) { try await store.closure(of: [path]) }
        #expect(error?.code == .databaseUnreadable)
        let expected = reason.replacing("PATH", with: "\(path)").replacing("DB", with: database.path)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test("another version of the tables is not read, nor is a store without one")
    func schema() async throws {
        let path = try storePath("a", "there")
        try database.add(path)
        try database.write("10\n", to: "schema")
        #expect(try await store.closure(of: [path]).count == 1)
        try database.write("11", to: "schema")
        let newer = await #expect(throws: ClientError.self) { try await store.closure(of: [path]) }
        let file = database.directory + "/schema"
        #expect(newer?.code == .databaseUnreadable)
        #expect(newer?.message == "\(file) names version 11 of the tables, and only 10 is known.")
        try FileManager.default.removeItem(atPath: file)
        let absent = await #expect(throws: ClientError.self) { try await store.closure(of: [path]) }
        #expect(absent?.code == .databaseUnreadable)
        #expect(absent?.message == "There is no \(file).")
    }

    @Test("a database that nobody has open is read where nothing can be written beside it")
    func immutable() async throws {
        let path = try storePath("a", "there")
        try database.add(path)
        // The index of a log cannot be made behind a link, not even by root.
        try FileManager.default.createSymbolicLink(
            atPath: database.path + "-shm", withDestinationPath: "/nowhere/at/all")
        #expect(try await store.closure(of: [path]).map(\.storePath) == [path])

        // Whoever opens it meanwhile is noticed by the log, and what was read until then does not count.
        var calls = 0
        let changed = #expect(throws: ClientError.self) {
            try StoreDatabase(directory: database.directory).read { _ in
                calls += 1
                try Data().write(to: URL(filePath: database.path + "-wal"))
            }
        }
        #expect(calls == 1)
        #expect(changed?.code == .databaseUnreadable)
        // And now somebody seems to have it open.
        let open = await #expect(throws: ClientError.self) { try await store.closure(of: [path]) }
        #expect(open?.code == .databaseUnreadable)
    }

    @Test("what is in the log of a writer is seen")
    func writeAheadLog() async throws {
        let path = try storePath("a", "there")
        let writer = try DatabaseQueue(path: database.path)
        try await writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        try await writer.write { connection in
            try connection.execute(
                sql: "INSERT INTO ValidPaths (path, hash, registrationTime, narSize) VALUES (?, ?, 1, 9)",
                arguments: ["/nix/store/\(path)", "sha256:" + NixHash.sha256(of: []).hex])
        }
        #expect(try await store.closure(of: [path]).map(\.narSize) == [9])
        try writer.close()
    }

    @Test("without a database nix is asked, and where nix is missing, the database has the last word on a path")
    func fallback() async throws {
        let path = try storePath("a", "there")
        var location = try StoreLocation(environment: [:])
        location.directories = database.directories
        let log = Notes<String>()
        let logger = Logger(label: "test") { _ in
            LineLogHandler(level: .debug, format: .text, write: { log.add($0) }, now: { "now" })
        }
        let local = LocalStore(location, program: "nix-that-is-not-there", logger: logger)
        let invalid = await #expect(throws: ClientError.self) { try await local.closure(of: [path]) }
        #expect(invalid?.code == .invalidPath)

        try database.add(path)
        #expect(try await local.closure(of: [path]).count == 1)
        try database.write("9", to: "schema")
        let missing = await #expect(throws: ClientError.self) { try await local.closure(of: [path]) }
        #expect(missing?.code == .nixMissing)
        let lines = log.all
        #expect(lines.count == 2)
        #expect(lines[0].contains("nix is asked: /nix/store/\(path) is not a valid path of the local store"))
        #expect(lines[1].contains("nix is asked: \(database.directory)/schema names version 9 of the tables"))
    }
}
