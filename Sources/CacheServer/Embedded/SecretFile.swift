#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small file that only its owner may read.
public struct SecretFile: Sendable {
    /// Where it lies.
    public let path: String

    /// More than any token or key has, in bytes.
    private static let limit = 1 << 16

    /// - Parameter path: where it lies, or will.
    public init(path: String) {
        self.path = path
    }

    /// Its text without white space at both ends; nil where there is no such file.
    ///
    /// - Throws: ``ConfigurationError`` when it cannot be read, is empty or is no text.
    public func contents() throws(ConfigurationError) -> String? {
        guard let bytes = try bytes(limit: Self.limit) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path) is not text; write the secret into it as one line")
        }
        let secret = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !secret.isEmpty else { throw ConfigurationError("\(path) is empty; write the secret into it") }
        return secret
    }

    /// What is in it; nil where there is no such file.
    ///
    /// - Parameter limit: the most bytes that are read.
    /// - Throws: ``ConfigurationError`` when it cannot be read or is larger.
    func bytes(limit: Int) throws(ConfigurationError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw ConfigurationError(systemCall: "cannot be read", path: path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ConfigurationError(systemCall: "cannot be read", path: path) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw ConfigurationError(
                    "\(path) has more than \(limit) bytes, which is too much for what belongs there")
            }
        }
        return bytes
    }

    /// Its text as it is, or what `make` returns, which is then written. It appears whole and synced, or not at all.
    ///
    /// - Throws: ``ConfigurationError`` when it can be neither read nor written, and what `make` throws.
    public func contents(orMake make: () throws -> String) throws -> String {
        if let secret = try contents() { return secret }
        let secret = try make()
        try replace(with: Array((secret + "\n").utf8))
        return secret
    }

    /// Writes the file anew. It appears whole and synced, or not at all.
    ///
    /// - Parameters:
    ///   - bytes: what is in it.
    ///   - old: whose owner and mode it gets; nil for the process's own and no mode but the owner's.
    /// - Throws: ``ConfigurationError`` when it cannot be written.
    func replace(with bytes: [UInt8], like old: stat? = nil) throws(ConfigurationError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ConfigurationError(systemCall: "cannot be made", path: temporary) }
        defer { close(descriptor) }
        if let old {
            guard fchown(descriptor, old.st_uid, old.st_gid) == 0, fchmod(descriptor, old.st_mode & 0o777) == 0 else {
                throw ConfigurationError(
                    systemCall: "cannot be given the owner of the file it replaces", path: temporary)
            }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ConfigurationError(systemCall: "cannot be written", path: temporary) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw ConfigurationError(systemCall: "cannot be written", path: path)
        }
        try syncDirectory()
    }

    private func syncDirectory() throws(ConfigurationError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ConfigurationError(systemCall: "cannot be opened", path: directory) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw ConfigurationError(systemCall: "cannot be synced", path: directory) }
    }
}
