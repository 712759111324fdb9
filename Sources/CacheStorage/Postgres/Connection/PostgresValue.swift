/// A parameter of a statement, with its type. Nil is NULL.
enum PostgresValue: Sendable, Hashable {
    case bool(Bool?)
    case int(Int64?)
    case text(String?)
    case bytes([UInt8]?)
    case ints([Int64])
    case optionalInts([Int64?])
    case bools([Bool])
    case texts([String])
    case optionalTexts([String?])
    case byteArrays([[UInt8]])
}

extension PostgresValue {
    /// The object id of the type, fixed in PostgreSQL's catalog (pg_type.dat).
    var type: PostgresType {
        switch self {
        case .bool: .bool
        case .int: .int8
        case .text: .text
        case .bytes: .bytea
        case .ints, .optionalInts: .int8Array
        case .bools: .boolArray
        case .texts, .optionalTexts: .textArray
        case .byteArrays: .byteaArray
        }
    }

    /// The binary form that the type's receive function takes; nil for NULL.
    var encoded: [UInt8]? {
        switch self {
        case .bool(let value): return value.map { [$0 ? 1 : 0] }
        case .int(let value): return value.map { $0.bigEndianBytes }
        case .text(let value): return value.map { Array($0.utf8) }
        case .bytes(let value): return value
        case .ints(let values): return Self.array(of: .int8, values, size: 12) { $1.append(bigEndian: $0) }
        case .optionalInts(let values):
            return Self.nullableArray(of: .int8, values) { $1.append(bigEndian: $0) }
        case .bools(let values): return Self.array(of: .bool, values, size: 5) { $1.append($0 ? 1 : 0) }
        case .texts(let values): return Self.array(of: .text, values, size: 64) { $1.append(contentsOf: $0.utf8) }
        case .optionalTexts(let values):
            return Self.nullableArray(of: .text, values) { $1.append(contentsOf: $0.utf8) }
        case .byteArrays(let values):
            return Self.array(of: .bytea, values, size: 64) { $1.append(contentsOf: $0) }
        }
    }

    /// - Parameter size: about how many bytes an element takes, its length included.
    private static func array<Element>(
        of type: PostgresType, _ values: [Element], size: Int, append: (Element, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes = header(of: type, count: values.count, hasNulls: false)
        bytes.reserveCapacity(bytes.count + values.count * size)
        for value in values { bytes.appendElement { append(value, &$0) } }
        return bytes
    }

    private static func nullableArray<Element>(
        of type: PostgresType, _ values: [Element?], append: (Element, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes = header(of: type, count: values.count, hasNulls: true)
        for value in values {
            if let value {
                bytes.appendElement { append(value, &$0) }
            } else {
                bytes.append(bigEndian: Int32(-1))
            }
        }
        return bytes
    }

    /// Dimensions, whether there are NULLs, the elements' type, and of the one dimension its length and lower bound.
    private static func header(of type: PostgresType, count: Int, hasNulls: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(hasNulls ? 1 : 0))
        bytes.append(bigEndian: Int32(bitPattern: type.rawValue))
        guard count > 0 else { return bytes }
        bytes.append(bigEndian: Int32(count))
        bytes.append(bigEndian: Int32(1))
        return bytes
    }
}

/// The object ids of the types in use, fixed in PostgreSQL's catalog.
enum PostgresType: UInt32, Sendable {
    case bool = 16
    case bytea = 17
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case varchar = 1043
    case boolArray = 1000
    case byteaArray = 1001
    case textArray = 1009
    case varcharArray = 1015
    case int8Array = 1016
}

extension [UInt8] {
    /// Appends a number as the wire has it.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends an element with its length before it.
    mutating func appendElement(_ write: (inout [UInt8]) -> Void) {
        let start = count
        append(bigEndian: Int32(0))
        write(&self)
        let length = Int32(count - start - 4).bigEndianBytes
        replaceSubrange(start..<start + 4, with: length)
    }
}

extension FixedWidthInteger {
    /// As the wire has it.
    var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { Array($0) } }
}
