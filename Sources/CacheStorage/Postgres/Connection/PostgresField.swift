/// The bytes of one value as the server sent them, with their type.
///
/// It keeps the rows that it comes from. One of a COPY keeps nothing, and is valid only in the call that its row is handed
/// to.
struct PostgresField {
    /// Nil for NULL.
    private let bytes: UnsafeRawBufferPointer?
    private let type: UInt32
    /// Whose memory the bytes are.
    private let owner: PostgresRows?

    /// - Parameters:
    ///   - bytes: the value; nil for NULL.
    ///   - type: its type, as the server numbers them.
    ///   - owner: what has to be kept while the bytes are read; nil when somebody else sees to that.
    init(bytes: UnsafeRawBufferPointer?, type: UInt32, owner: PostgresRows?) {
        self.bytes = bytes
        self.type = type
        self.owner = owner
    }

    var isNull: Bool { bytes == nil }

    func bool() throws(PostgresError) -> Bool {
        try read(.bool) { bytes throws(PostgresError) in
            guard bytes.count == 1 else { throw malformed() }
            return bytes[0] != 0
        }
    }

    func intOrNil() throws(PostgresError) -> Int64? {
        isNull ? nil : try int()
    }

    func int() throws(PostgresError) -> Int64 {
        try read(.int8, .int4, .int2) { bytes throws(PostgresError) in
            switch bytes.count {
            case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            default: throw malformed()
            }
        }
    }

    func textOrNil() throws(PostgresError) -> String? {
        isNull ? nil : try text()
    }

    func text() throws(PostgresError) -> String {
        try read(.text, .varchar) { String(decoding: $0, as: UTF8.self) }
    }

    func data() throws(PostgresError) -> [UInt8] {
        try read(.bytea) { Array($0) }
    }

    func ints() throws(PostgresError) -> [Int64] {
        var result: [Int64] = []
        try forEachInt(prepare: { result.reserveCapacity($0) }) { result.append($0) }
        return result
    }

    /// Goes through an array without making one.
    func forEachInt(prepare: (Int) -> Void = { _ in }, _ body: (Int64) -> Void) throws(PostgresError) {
        try forEachElement(of: .int8Array, prepare: prepare) { bytes throws(PostgresError) in
            guard bytes.count == 8 else { throw malformed() }
            body(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        }
    }

    func texts() throws(PostgresError) -> [String] {
        var result: [String] = []
        try forEachElement(of: .textArray, .varcharArray, prepare: { result.reserveCapacity($0) }) { bytes in
            result.append(String(decoding: bytes, as: UTF8.self))
        }
        return result
    }

    /// Reads the bytes, if they are of one of a few types: without an array of them, as millions of values are read.
    private func read<Value>(
        _ expected: PostgresType, _ second: PostgresType? = nil, _ third: PostgresType? = nil,
        _ body: (UnsafeRawBufferPointer) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        guard type == expected.rawValue || type == second?.rawValue || type == third?.rawValue else {
            throw PostgresError(.other, "a column has the type \(type) where \(expected) was expected")
        }
        guard let bytes else { throw PostgresError(.other, "a column is NULL where a value was expected") }
        defer { withExtendedLifetime(owner) {} }
        return try body(bytes)
    }

    private func malformed() -> PostgresError {
        PostgresError(.other, "a value of the type \(type) has \(bytes?.count ?? 0) bytes")
    }

    /// Goes through an array of one dimension without NULLs.
    private func forEachElement(
        of type: PostgresType, _ second: PostgresType? = nil, prepare: (Int) -> Void,
        _ body: (UnsafeRawBufferPointer) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try read(type, second) { bytes throws(PostgresError) in
            var rest = bytes[...]
            let dimensions = try Self.number(&rest)
            let hasNulls = try Self.number(&rest)
            _ = try Self.number(&rest)
            guard dimensions > 0 else { return }
            guard dimensions == 1, hasNulls == 0 else { throw malformed() }
            let count = try Self.number(&rest)
            _ = try Self.number(&rest)
            // Each element takes at least its length.
            guard count >= 0, Int(count) <= rest.count / 4 else { throw malformed() }
            prepare(Int(count))
            for _ in 0..<count {
                let length = Int(try Self.number(&rest))
                guard length >= 0, length <= rest.count else { throw malformed() }
                try body(UnsafeRawBufferPointer(rebasing: rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
        }
    }

    private static func number(_ rest: inout Slice<UnsafeRawBufferPointer>) throws(PostgresError) -> Int32 {
        guard rest.count >= 4 else { throw PostgresError(.other, "an array ends too early") }
        let value = UnsafeRawBufferPointer(rebasing: rest.prefix(4)).loadUnaligned(as: Int32.self)
        rest = rest.dropFirst(4)
        return Int32(bigEndian: value)
    }
}
