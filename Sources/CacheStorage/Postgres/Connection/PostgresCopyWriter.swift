/// Writes rows in the binary format of COPY (PostgreSQL manual, "COPY", "Binary Format").
struct PostgresCopyWriter {
    private static let flushSize = 64 * 1024

    private var buffer: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    private let send: ([UInt8]) throws(PostgresError) -> Void

    init(send: @escaping ([UInt8]) throws(PostgresError) -> Void) {
        self.send = send
        buffer.reserveCapacity(Self.flushSize * 2)
    }

    /// Writes a row.
    mutating func row(_ values: [PostgresValue]) throws(PostgresError) {
        buffer.append(bigEndian: Int16(values.count))
        for value in values {
            guard let bytes = value.encoded else {
                buffer.append(bigEndian: Int32(-1))
                continue
            }
            buffer.append(bigEndian: Int32(bytes.count))
            buffer.append(contentsOf: bytes)
        }
        if buffer.count >= Self.flushSize { try flush() }
    }

    /// Writes the trailer.
    mutating func finish() throws(PostgresError) {
        buffer.append(bigEndian: Int16(-1))
        try flush()
    }

    private mutating func flush() throws(PostgresError) {
        try send(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
