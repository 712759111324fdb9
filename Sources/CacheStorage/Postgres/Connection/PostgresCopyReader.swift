/// Reads rows in the binary format of COPY (PostgreSQL manual, "COPY", "Binary Format").
struct PostgresCopyReader {
    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0]

    private let types: [PostgresType]
    private var isFirst = true
    /// Those of the row that was read last; the next one takes their place.
    private var fields: [PostgresField] = []

    init(types: [PostgresType]) {
        self.types = types
    }

    /// Reads what libpq hands over as one row.
    ///
    /// - Returns: nil for the trailer.
    mutating func row(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) -> PostgresCopyRow? {
        var position = 0
        if isFirst {
            isFirst = false
            // The header precedes the first row: the signature, flags, and an extension with its length.
            guard bytes.count >= 19, bytes.prefix(11).elementsEqual(Self.signature) else { throw Self.malformed() }
            position = 19 + Int(bytes.loadUnaligned(fromByteOffset: 15, as: Int32.self).bigEndian)
        }
        let count = Int(try Self.number(Int16.self, bytes, &position))
        if count == -1 { return nil }
        guard count == types.count else { throw Self.malformed() }
        fields.removeAll(keepingCapacity: true)
        for type in types {
            let length = Int(try Self.number(Int32.self, bytes, &position))
            guard length >= 0 else {
                fields.append(PostgresField(bytes: nil, type: type.rawValue, owner: nil))
                continue
            }
            guard length <= bytes.count - position else { throw Self.malformed() }
            let value = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
            fields.append(PostgresField(bytes: value, type: type.rawValue, owner: nil))
            position += length
        }
        return PostgresCopyRow(fields: fields)
    }

    private static func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _: Number.Type, _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(PostgresError) -> Number {
        let size = MemoryLayout<Number>.size
        guard position >= 0, bytes.count - position >= size else { throw malformed() }
        defer { position += size }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    private static func malformed() -> PostgresError {
        PostgresError(.other, "the server sent a COPY that is not in the binary format")
    }
}

/// One row of a COPY; valid only in the call that it is handed to.
struct PostgresCopyRow {
    fileprivate let fields: [PostgresField]

    /// The value of a column, counted from 0.
    subscript(column: Int) -> PostgresField { fields[column] }
}
