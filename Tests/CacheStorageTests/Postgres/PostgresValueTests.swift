import TestServices
import Testing

@testable import CacheStorage

@Suite("Values")
struct PostgresValueTests {
    private static let rows: [[PostgresValue]] = [
        [
            .bool(true), .int(.max), .text("naïve ✓"), .bytes(Array(0...255)), .ints([1, -1, .min, .max]),
            .texts(["", "a b", "\"{},\\"]),
        ],
        [.bool(false), .int(0), .text(""), .bytes([]), .ints([]), .texts([])],
        [.bool(nil), .int(nil), .text(nil), .bytes(nil), .ints([0]), .texts(["x"])],
    ]
    private static let columns = "a bool, b int8, c text, d bytea, e int8[], f text[]"

    /// Reads a row back as it was written.
    private static func read(_ field: (Int) -> PostgresField) throws -> [PostgresValue] {
        [
            .bool(field(0).isNull ? nil : try field(0).bool()), .int(try field(1).intOrNil()),
            .text(try field(2).textOrNil()), .bytes(field(3).isNull ? nil : try field(3).data()),
            .ints(try field(4).ints()), .texts(try field(5).texts()),
        ]
    }

    @Test("come back as they were given")
    func parameters() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let found = try await pool.withConnection { connection in
            try Self.rows.map { row in
                try connection.query("SELECT $1, $2, $3, $4, $5, $6", row).map { row in try Self.read { row[$0] } }
            }
        }
        #expect(found == Self.rows.map { [$0] })
    }

    @Test("with NULLs among them are lists too")
    func nullable() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let found = try await pool.withConnection { connection in
            try connection.query(
                "SELECT b, i, t, d FROM unnest($1::bool[], $2::int8[], $3::text[], $4::bytea[]) AS x (b, i, t, d)",
                [
                    .bools([true, false]), .optionalInts([nil, 7]), .optionalTexts(["a", nil]), .byteArrays([[], [0]]),
                ]
            ).map { row in
                "\(try row[0].bool()) \(try row[1].intOrNil() ?? -1) \(try row[2].textOrNil() ?? "-") \(try row[3].data())"
            }
        }
        #expect(found == ["true -1 a []", "false 7 - [0]"])
    }

    @Test("are not read as what they are not")
    func mismatches() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        for sql in ["SELECT 'x'::text", "SELECT NULL::int8", "SELECT ARRAY[1::int8]", "SELECT 1.5", "SELECT"] {
            #expect(try await postgresFailure { _ = try await pool.int(sql) } == .other, "\(sql)")
        }
        #expect(
            try await postgresFailure {
                try await pool.withConnection { _ = try $0.query("SELECT ARRAY[1, NULL]::int8[]").first?[0].ints() }
            } == .other)
        #expect(try await pool.int("SELECT 5::int2") == 5)
        #expect(try await pool.int("SELECT -5::int4") == -5)
    }

    @Test("keep the rows that they are from")
    func lifetime() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let text = try await pool.withConnection { connection in
            let field = try connection.query("SELECT repeat('x', 100000)").first?[0]
            // What was freed would be used again.
            _ = try connection.query("SELECT repeat('y', 100000)")
            return try field?.text()
        }
        #expect(text == String(repeating: "x", count: 100_000))
    }

    @Test("are copied in and out")
    func copies() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let found = try await pool.transaction { connection in
            try connection.execute(script: "CREATE TEMPORARY TABLE t (\(Self.columns)) ON COMMIT DROP")
            try connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for row in Self.rows { try writer.row(row) }
            }
            var found: [[PostgresValue]] = []
            try connection.copyOut(
                "COPY t TO STDOUT (FORMAT binary)", types: [.bool, .int8, .text, .bytea, .int8Array, .textArray]
            ) { row in found.append(try Self.read { row[$0] }) }
            return found
        }
        #expect(found == Self.rows)
    }

    @Test("are copied by the thousand, row by row")
    func largeCopies() async throws {
        let pool = try await PostgresPool.test()
        defer { pool.close() }
        let sum = try await pool.transaction { connection in
            try connection.execute(script: "CREATE TEMPORARY TABLE t (a int8, b text) ON COMMIT DROP")
            try connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                for number in 0..<50_000 { try writer.row([.int(Int64(number)), .text("row \(number)")]) }
            }
            var sum: Int64 = 0
            try connection.copyOut("COPY t TO STDOUT (FORMAT binary)", types: [.int8, .text]) { sum += try $0[0].int() }
            return sum
        }
        #expect(sum == 50_000 * 49_999 / 2)
    }

    @Test("that a copy refuses, or that stop halfway, leave nothing behind and a session that works")
    func failingCopies() async throws {
        struct Stop: Error {}
        let pool = try await PostgresPool.test(size: 1)
        defer { pool.close() }
        try await pool.withConnection { try $0.execute(script: "CREATE TABLE public.t (a int8 PRIMARY KEY)") }
        let twice = try await postgresFailure {
            try await pool.withConnection { connection in
                try connection.copyIn("COPY public.t FROM STDIN (FORMAT binary)") { writer in
                    for number in [1, 1] as [Int64] { try writer.row([.int(number)]) }
                }
            }
        }
        #expect(twice == .other)
        await #expect(throws: Stop.self) {
            try await pool.withConnection { connection in
                try connection.copyIn("COPY public.t FROM STDIN (FORMAT binary)") { writer in
                    try writer.row([.int(1)])
                    throw Stop()
                }
            }
        }
        await #expect(throws: Stop.self) {
            try await pool.transaction { connection in
                try connection.copyOut(
                    "COPY (SELECT generate_series(1, 9)::int8) TO STDOUT (FORMAT binary)", types: [.int8]
                ) {
                    if try $0[0].int() == 3 { throw Stop() }
                }
            }
        }
        #expect(
            try await postgresFailure {
                try await pool.withConnection { connection in
                    try connection.copyOut("COPY (SELECT 1/0) TO STDOUT (FORMAT binary)", types: [.int4]) { _ in }
                }
            } == .other)
        #expect(
            try await postgresFailure {
                try await pool.withConnection { connection in try connection.copyIn("SELECT 1") { _ in } }
            } == .other)
        #expect(try await pool.int("SELECT count(*) FROM public.t") == 0)
    }
}
