/// What a ``NarParser`` tells of an archive, in the order of its bytes.
///
/// Names are bytes and need not be UTF-8. The root has an empty name; every other name is one that may stand in a
/// directory: it has no slash, no zero byte, and is not `.` or `..`.
public protocol NarVisitor {
    /// A directory begins; what follows lies in it until ``endDirectory()``.
    ///
    /// - Parameter name: Its name.
    mutating func beginDirectory(named name: [UInt8]) throws(NarKitError)

    /// The innermost directory ends.
    mutating func endDirectory() throws(NarKitError)

    /// A regular file begins.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - file: Its size and mode.
    mutating func beginFile(named name: [UInt8], _ file: NarFileHeader) throws(NarKitError)

    /// The next bytes of the file, as many as have arrived.
    ///
    /// - Parameter bytes: Some bytes, never none.
    mutating func fileContents(_ bytes: RawSpan) throws(NarKitError)

    /// The file ends: all its bytes have arrived.
    mutating func endFile() throws(NarKitError)

    /// A symbolic link.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - target: Where it leads: not empty, without zero bytes, otherwise anything.
    mutating func symlink(named name: [UInt8], target: [UInt8]) throws(NarKitError)
}

/// What an archive says of a regular file before its contents.
public struct NarFileHeader: Sendable, Hashable {
    /// The bytes of the file.
    public var size: UInt64
    /// Whether its owner may execute it.
    public var isExecutable: Bool
    /// Where the first byte of the file is in the uncompressed archive.
    public var narOffset: UInt64

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - size: The bytes of the file.
    ///   - isExecutable: Whether its owner may execute it.
    ///   - narOffset: Where the first byte of the file is in the uncompressed archive.
    public init(size: UInt64, isExecutable: Bool, narOffset: UInt64) {
        self.size = size
        self.isExecutable = isExecutable
        self.narOffset = narOffset
    }
}
