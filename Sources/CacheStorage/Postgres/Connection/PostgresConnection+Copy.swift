import CPQ

extension PostgresConnection {
    /// Has the server read rows from us: `COPY … FROM STDIN (FORMAT binary)`.
    ///
    /// - Parameters:
    ///   - sql: the statement.
    ///   - write: writes the rows; what it throws ends the statement without effect.
    func copyIn(_ sql: String, write: (inout PostgresCopyWriter) throws -> Void) throws {
        try canceller.check()
        try expect(PGRES_COPY_IN, PQexec(handle, sql))
        var writer = PostgresCopyWriter { bytes throws(PostgresError) in
            let sent = bytes.withUnsafeBytes { buffer in
                PQputCopyData(
                    self.handle, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(buffer.count))
            }
            guard sent == 1 else { throw self.failure() }
        }
        do {
            try write(&writer)
            try writer.finish()
        } catch {
            _ = PQputCopyEnd(handle, "given up")
            finishCopy { _ in }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure() }
        var refusal: PostgresError?
        finishCopy { refusal = $0 }
        if let refusal { throw refusal }
    }

    /// Reads rows as the server sends them: `COPY … TO STDOUT (FORMAT binary)`. Memory holds one at a time.
    ///
    /// - Parameters:
    ///   - sql: the statement.
    ///   - types: of the columns, since this format does not tell them.
    ///   - body: called for each row; what it throws ends the reading, and with it the session.
    func copyOut(_ sql: String, types: [PostgresType], row body: (PostgresCopyRow) throws -> Void) throws {
        try canceller.check()
        try expect(PGRES_COPY_OUT, PQexec(handle, sql))
        var reader = PostgresCopyReader(types: types)
        while true {
            var start: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(handle, &start, 0)
            guard length > 0 else {
                if length == -2 { throw failure() }
                break
            }
            defer { PQfreemem(start) }
            if canceller.isUsed { throw failure() }
            if let row = try reader.row(UnsafeRawBufferPointer(start: start, count: Int(length))) { try body(row) }
        }
        var refusal: PostgresError?
        finishCopy { refusal = $0 }
        if let refusal { throw refusal }
    }

    private func expect(_ status: ExecStatusType, _ result: OpaquePointer?) throws(PostgresError) {
        let isExpected = PQresultStatus(result) == status
        _ = try rows(result)
        guard isExpected else { throw PostgresError(.other, "the statement is not a COPY of the expected direction") }
    }

    /// Takes what follows the rows.
    private func finishCopy(_ report: (PostgresError) -> Void) {
        while let result = PQgetResult(handle) {
            do throws(PostgresError) { _ = try rows(result) } catch { report(error) }
        }
    }
}
