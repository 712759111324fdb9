#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The names in a directory, sorted by bytes, packed into one buffer.
struct DirectoryNames {
    struct Name {
        /// The first eight bytes, most significant first: most comparisons need no more.
        var prefix: UInt64
        var offset: Int
        /// Bytes of the name on disk.
        var diskLength: UInt16
        /// Bytes of the name in the archive: less where a case-hack suffix is stripped.
        var length: UInt16
        var kind: FileKind
    }

    private(set) var names: [Name] = []
    private(set) var bytes: [UInt8] = []

    /// Reads and sorts a directory.
    ///
    /// - Parameters:
    ///   - directory: The open directory.
    ///   - path: What to call it in errors.
    ///   - stripsCaseHack: Whether `~nix~case~hack~N` suffixes are removed from the names in the archive.
    init(of directory: Int32, path: [UInt8], stripsCaseHack: Bool) throws(NarKitError) {
        let copy = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw .system("list", path, errno: code)
        }
        defer { closedir(stream) }
        errno = 0
        while let entry = readdir(stream) {
            append(entry, stripsCaseHack: stripsCaseHack)
            errno = 0
        }
        guard errno == 0 else { throw .system("list", path, errno: errno) }
        sort()
        if stripsCaseHack { try refuseCollisions(path: path) }
    }

    /// The bytes of a name as the archive has them.
    func archived(_ name: Name) -> ArraySlice<UInt8> {
        bytes[name.offset..<name.offset + Int(name.length)]
    }

    private mutating func append(_ entry: UnsafeMutablePointer<dirent>, stripsCaseHack: Bool) {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return }
        let text = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        let length = strlen(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self))
        let dot = UInt8(ascii: ".")
        if text[0] == dot, length == 1 || (length == 2 && text[1] == dot) { return }
        let buffer = UnsafeBufferPointer(start: text, count: length)
        let archived = stripsCaseHack ? CaseHack.lengthWithoutSuffix(buffer) : length
        names.append(
            Name(
                prefix: Self.prefix(of: buffer.prefix(archived)), offset: bytes.count, diskLength: UInt16(length),
                length: UInt16(archived), kind: FileKind(directoryEntryType: entry.pointee.d_type)))
        bytes.append(contentsOf: buffer)
        bytes.append(0)
    }

    private static func prefix(of name: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 64
        for byte in name.prefix(8) {
            shift -= 8
            result |= UInt64(byte) << shift
        }
        return result
    }

    private mutating func sort() {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            names.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let order = memcmp(
                    base + left.offset, base + right.offset, Int(min(left.length, right.length)))
                return order != 0 ? order < 0 : left.length < right.length
            }
        }
    }

    private func refuseCollisions(path: [UInt8]) throws(NarKitError) {
        for (left, right) in zip(names, names.dropFirst())
        where archived(left).elementsEqual(archived(right)) {
            throw NarKitError(
                .fileSystem,
                "\(quoted(path, limit: 4096)) has two entries named \(quoted(archived(left))) once the case-hack "
                    + "suffix is removed; rename one of them.")
        }
    }
}

/// The suffix that Nix adds to names which differ only in case, where the file system ignores case.
enum CaseHack {
    private static let marker = Array("~nix~case~hack~".utf8)

    /// Whether names carry the suffix on this system.
    static let isUsedHere: Bool = {
        #if canImport(Darwin)
        true
        #else
        false
        #endif
    }()

    /// How many bytes of a name precede its `~nix~case~hack~N` suffix; all of them when it has none.
    static func lengthWithoutSuffix(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var end = name.count
        while end > 0, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(name[end - 1]) { end -= 1 }
        let start = end - marker.count
        guard end < name.count, start > 0, name[start..<end].elementsEqual(marker) else { return name.count }
        return start
    }
}
