import CacheCore
import Testing

@testable import CacheStorage

@Suite("What PostgreSQL refuses")
struct PostgresErrorTests {
    @Test(
        "is told in a sentence that names the database",
        arguments: [
            ("40001", CacheError.Code.unavailable, "is too busy"), ("40P01", .unavailable, "is too busy"),
            ("57014", .unavailable, "took too long"), ("53100", .insufficientStorage, "has no room left"),
            ("53300", .unavailable, "has no connection left"), ("42501", .unavailable, "what it was granted"),
            ("28P01", .unavailable, "the password"), ("3D000", .unavailable, "check its name"),
            ("57P01", .unavailable, "check that PostgreSQL runs"),
            ("57P03", .unavailable, "check that PostgreSQL runs"),
            ("08006", .unavailable, "check that PostgreSQL runs"), ("25006", .unavailable, "cannot be reached"),
            ("58030", .unavailable, "cannot be reached"), ("23505", .internal, "failed: it says so (SQLSTATE 23505)."),
            ("XX001", .internal, "failed"), ("42P01", .internal, "failed"),
        ])
    func states(state: String, code: CacheError.Code, words: String) {
        let error = PostgresStore.cacheError(
            PostgresError(sqlState: state, message: "it says so"), place: "cache at db.example")
        #expect(error.code == code)
        #expect(error.message.hasPrefix("The database cache at db.example "), "\(error)")
        #expect(error.message.contains(words), "\(error)")
        #expect(error.message.hasSuffix("."))
    }

    @Test(
        "at the door is sorted by its words",
        arguments: [
            ("FATAL:  password authentication failed for user \"x\"", PostgresError.Kind.denied),
            ("FATAL:  database \"x\" does not exist", .denied), ("fe_sendauth: no password supplied", .denied),
            ("FATAL:  sorry, too many clients already", .tooManyConnections),
            ("FATAL:  remaining connection slots are reserved", .tooManyConnections),
            ("could not connect to server: Connection refused", .unavailable),
            ("FATAL:  the database system is starting up", .unavailable),
        ])
    func connecting(words: String, kind: PostgresError.Kind) {
        #expect(PostgresError(connecting: words).kind == kind)
    }

    @Test("for a task that was cancelled, or a pool that was closed, is its own sentence")
    func ownSentences() {
        func message(_ error: any Error) -> String { PostgresStore.cacheError(error, place: "x at y").message }
        let cancelled = "The request was given up before the database x at y had answered."
        #expect(message(PostgresError.cancelled) == cancelled)
        #expect(message(CancellationError()) == cancelled)
        #expect(
            message(PostgresError(.closed, ""))
                == "The database x at y is closed because the server stops; try again later.")
        #expect(message(CacheError(.conflict, "Mine.")) == "Mine.")
    }
}
