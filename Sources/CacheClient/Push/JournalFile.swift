#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The file of a journal, which one process has at a time. Its functions block.
final class JournalFile: Sendable {
    private let path: String
    private let descriptor: CInt

    /// 10,000 parts have less than a quarter of it.
    private static let sizeLimit = 8 << 20
    /// After a day the addresses of an upload have expired, and the server has dropped it.
    private static let lifetime = 86_400

    /// Opens or makes a file; nil when another process has it, or it cannot be had.
    init?(directory: String, name: String) {
        guard FileAccess.makeDirectories(directory) else { return nil }
        path = "\(directory)/\(name)"
        descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    deinit {
        // This gives up the lock too.
        if descriptor >= 0 { close(descriptor) }
    }

    /// The lines with something in them.
    func lines() -> [ArraySlice<UInt8>] {
        guard let bytes = try? FileAccess.contents(of: path, limit: Self.sizeLimit) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    func truncate() { ftruncate(descriptor, 0) }

    /// Writes a line at the end, in one go.
    func append(_ line: [UInt8]) {
        // What is not written is sent again some day, which is all that happens.
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    func remove() { unlink(path) }

    /// Removes files that nobody has touched for a day.
    static func removeOld(in directory: String) {
        for name in (try? FileAccess.names(inDirectory: directory)) ?? [] {
            var status = stat()
            let path = "\(directory)/\(name)"
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                time(nil) - FileAccess.modificationTime(status) > lifetime
            else { continue }
            unlink(path)
        }
    }
}
