#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file that is read from its beginning to its end.
final class FileReader {
    private let path: String
    private let descriptor: CInt

    /// Opens a file; nil when it does not exist.
    init?(path: String) throws(ClientError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor < 0 else { return }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw FileAccess.failure("open", path, errno)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next bytes; nil at the end.
    func read(atMost count: Int) throws(ClientError) -> [UInt8]? {
        try Self.read(descriptor, atMost: count, path: path)
    }

    /// The next bytes of a descriptor; nil at the end.
    static func read(_ descriptor: CInt, atMost count: Int, path: String) throws(ClientError) -> [UInt8]? {
        var code: CInt = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            #if canImport(Darwin)
            let size = Darwin.read(descriptor, buffer.baseAddress, count)
            #elseif canImport(Musl)
            let size = Musl.read(descriptor, buffer.baseAddress, count)
            #else
            let size = Glibc.read(descriptor, buffer.baseAddress, count)
            #endif
            if size < 0 { code = errno }
            filled = max(size, 0)
        }
        guard code == 0 else { throw FileAccess.failure("read", path, code) }
        return chunk.isEmpty ? nil : chunk
    }
}
