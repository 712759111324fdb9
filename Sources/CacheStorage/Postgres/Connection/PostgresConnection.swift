import CPQ

/// One session with PostgreSQL. Its calls block, so it is used on a thread of the pool only, by one at a time.
final class PostgresConnection {
    /// Statements are prepared once in each session; past so many they are all forgotten.
    private static let maximumStatements = 256
    /// A message that is longer is refused by the server.
    private static let maximumMessage = 1 << 30

    let handle: OpaquePointer
    private let cancellation: PostgresCancellation
    private var statements: [String: String] = [:]

    /// Connects, and sets the session up.
    ///
    /// - Parameters:
    ///   - string: what `PostgresConnectionString` let pass.
    ///   - statementTimeout: after how long the server gives a statement up.
    init(_ string: PostgresConnectionString, statementTimeout: Duration) throws(PostgresError) {
        // Later values win: the string's over those before it. A server that vanished is noticed within a minute.
        let settings = [
            ("connect_timeout", "10"), ("fallback_application_name", "niks3"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "60000"),
            ("dbname", string.text), ("client_encoding", "UTF8"),
        ]
        let keywords = settings.map(\.0)
        let values = settings.map(\.1)
        let opened = Self.withStrings(keywords) { keywords in
            Self.withStrings(values) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let opened else { throw PostgresError(.other, "there is no memory for a connection") }
        guard PQstatus(opened) == CONNECTION_OK else {
            let words = Self.words(opened)
            PQfinish(opened)
            throw PostgresError(connecting: words)
        }
        handle = opened
        cancellation = PostgresCancellation(connection: opened)
        cpq_ignore_notices(opened)
        try setUp(statementTimeout: statementTimeout)
    }

    /// A plan is made for each list of keys or ids, with its length and the size of the tables in view: one that is
    /// kept from when a table was small goes through all of it for each key once it is large.
    private func setUp(statementTimeout: Duration) throws(PostgresError) {
        let milliseconds =
            statementTimeout.components.seconds * 1000 + statementTimeout.components.attoseconds / 1_000_000_000_000_000
        try execute(
            script: """
                SET search_path = pg_catalog;
                SET timezone = 'UTC';
                SET plan_cache_mode = force_custom_plan;
                SET jit = off;
                SET statement_timeout = \(milliseconds);
                SET idle_in_transaction_session_timeout = 60000;
                SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') = 'off';
                """)
    }

    deinit {
        cancellation.invalidate()
        PQfinish(handle)
    }

    /// What another thread may call to have the statement under way given up.
    var canceller: PostgresCancellation { cancellation }

    /// Whether the session is there, outside a transaction, and nobody asked to have a statement of it given up.
    var isReusable: Bool {
        // A server that ends sessions says so first: only the second time are they found closed.
        PQconsumeInput(handle) == 1 && PQconsumeInput(handle) == 1 && PQstatus(handle) == CONNECTION_OK
            && PQtransactionStatus(handle) == PQTRANS_IDLE && !cancellation.isUsed
    }

    /// Runs a statement that is prepared once in each session.
    ///
    /// - Parameters:
    ///   - sql: one statement with `$1`, `$2`, …
    ///   - parameters: their values.
    @discardableResult
    func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        try cancellation.check()
        let name = try prepared(sql, parameters)
        let encoded = parameters.map(\.encoded)
        guard encoded.reduce(0, { $0 + ($1?.count ?? 0) }) < Self.maximumMessage else {
            throw PostgresError(.other, "a statement has more than \(Self.maximumMessage) bytes of parameters")
        }
        let result = Self.withBytes(encoded) { values, lengths in
            let formats = [CInt](repeating: 1, count: parameters.count)
            return PQexecPrepared(handle, name, CInt(parameters.count), values, lengths, formats, 1)
        }
        return try rows(result)
    }

    /// Makes what was done since `BEGIN` durable.
    func commit() throws(PostgresError) {
        try cancellation.check()
        guard try rows(PQexec(handle, "COMMIT")).command == "COMMIT" else {
            throw PostgresError(.other, "a statement of the transaction failed, which was rolled back")
        }
    }

    /// Runs several statements without parameters; what they return is thrown away.
    func execute(script: String) throws(PostgresError) {
        try cancellation.check()
        _ = try rows(PQexec(handle, script))
    }

    private func prepared(_ sql: String, _ parameters: [PostgresValue]) throws(PostgresError) -> String {
        if let name = statements[sql] { return name }
        if statements.count >= Self.maximumStatements {
            _ = try rows(PQexec(handle, "DEALLOCATE ALL"))
            statements = [:]
        }
        let name = "s\(statements.count)"
        let types = parameters.map(\.type.rawValue)
        _ = try rows(PQprepare(handle, name, sql, CInt(types.count), types))
        statements[sql] = name
        return name
    }

    /// Takes a result over.
    func rows(_ result: OpaquePointer?) throws(PostgresError) -> PostgresRows {
        guard let result else { throw failure() }
        let rows = PostgresRows(result)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN, PGRES_COPY_OUT:
            return rows
        default:
            throw failure(result)
        }
    }

    /// Why a call failed that returned no result.
    func failure() -> PostgresError {
        if cancellation.isUsed { return PostgresError.cancelled }
        return PostgresError(.unavailable, Self.words(handle))
    }

    private func failure(_ result: OpaquePointer) -> PostgresError {
        if cancellation.isUsed { return PostgresError.cancelled }
        func field(_ code: CInt) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        guard let state = field(cpq_field_sqlstate()), PQstatus(handle) == CONNECTION_OK || state != "" else {
            return failure()
        }
        let detail = field(cpq_field_detail()).map { ": \($0)" } ?? ""
        return PostgresError(sqlState: state, message: (field(cpq_field_message()) ?? "it failed") + detail)
    }

    /// What libpq has to say of a connection, in one line.
    private static func words(_ handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
            .joined(separator: "; ")
        return line.isEmpty ? "the connection was lost" : line
    }

    // MARK: - C arrays

    private static func withStrings<Value>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for string in strings {
            starts.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            // The list ends with a null pointer.
            let pointers = starts.map { start in bytes.baseAddress.map { $0 + start } } + [nil]
            return pointers.withUnsafeBufferPointer { pointers in
                guard let base = pointers.baseAddress else { preconditionFailure("the list is never empty") }
                return body(base)
            }
        }
    }

    /// Calls with pointers to parameters that stay where they are meanwhile.
    private static func withBytes<Value>(
        _ parameters: [[UInt8]?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?, [CInt]) -> Value
    ) -> Value {
        var pointers: [UnsafePointer<CChar>?] = []
        let lengths = parameters.map { CInt($0?.count ?? 0) }
        func call(_ index: Int) -> Value {
            guard index < parameters.count else { return body(pointers, lengths) }
            guard let bytes = parameters[index] else {
                pointers.append(nil)
                return call(index + 1)
            }
            return bytes.withUnsafeBytes { buffer in
                // Empty is not NULL.
                let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
                pointers.append(start?.assumingMemoryBound(to: CChar.self))
                return call(index + 1)
            }
        }
        return call(0)
    }
}
