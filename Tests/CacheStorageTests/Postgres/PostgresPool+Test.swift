import Synchronization
import TestServices

@testable import CacheStorage

extension PostgresPool {
    /// A pool over an empty database of its own.
    static func test(
        size: Int = 4, statementTimeout: Duration = .seconds(60), service: PostgresService = .shared
    ) async throws -> PostgresPool {
        let string = try PostgresConnectionString(try await service.database())
        return PostgresPool(string, size: size, statementTimeout: statementTimeout)
    }

    /// The first column of the first row.
    func int(_ sql: String) async throws -> Int64 {
        try await withConnection { try $0.query(sql).first?[0].int() ?? -1 }
    }
}

/// The kind of the error that a call throws; nil when it succeeds.
func postgresFailure(_ body: () async throws -> Void) async throws -> PostgresError.Kind? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error.kind
    }
}

/// A value that tasks share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) {
        mutex = Mutex(value)
    }

    var value: Value { mutex.withLock { $0 } }

    func change(_ body: @Sendable (inout Value) -> Void) {
        mutex.withLock { body(&$0) }
    }
}
