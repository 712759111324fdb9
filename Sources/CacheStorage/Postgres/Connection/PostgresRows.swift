import CPQ

/// What a statement returned, in the binary format.
final class PostgresRows {
    private let result: OpaquePointer

    /// - Parameter result: a `PGresult`, which is freed with this.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    /// How many rows there are.
    var count: Int { Int(PQntuples(result)) }

    /// How many rows an INSERT, UPDATE or DELETE changed.
    var changed: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// What the server says it did, as `COMMIT`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// The first row.
    var first: PostgresRow? { count > 0 ? PostgresRow(rows: self, index: 0) : nil }

    /// Goes through the rows.
    func forEach(_ body: (PostgresRow) throws -> Void) rethrows {
        for index in 0..<count { try body(PostgresRow(rows: self, index: index)) }
    }

    /// Makes something of each row.
    func map<Value>(_ transform: (PostgresRow) throws -> Value) rethrows -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        try forEach { values.append(try transform($0)) }
        return values
    }

    fileprivate func field(_ row: Int, _ column: Int) -> PostgresField {
        let (row, column) = (CInt(row), CInt(column))
        // Out of range is a null pointer and a type of 0, which every reading refuses.
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
            return PostgresField(bytes: nil, type: PQftype(result, column), owner: nil)
        }
        return PostgresField(
            bytes: UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))),
            type: PQftype(result, column), owner: self)
    }
}

/// One row of what a statement returned.
struct PostgresRow {
    fileprivate let rows: PostgresRows
    fileprivate let index: Int

    /// The value of a column, counted from 0.
    subscript(column: Int) -> PostgresField { rows.field(index, column) }
}
