/// Which bytes of an object are wanted.
public enum ByteRange: Hashable, Sendable {
    /// From a first byte, to a last one (inclusive) or to the end.
    case from(Int64, through: Int64?)
    /// The last so many bytes.
    case last(Int64)

    /// The bytes this names of an object of a size; nil when it names none (416).
    /// - Parameter size: the size of the object in bytes.
    public func resolved(size: Int64) -> Range<Int64>? {
        switch self {
        case .from(let first, let last):
            guard first >= 0, first < size else { return nil }
            guard let last else { return first..<size }
            return last >= first ? first..<min(size, last == .max ? size : last + 1) : nil
        case .last(let count):
            guard count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
    }
}
