import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files of a few lines without keeping the thread of the caller.
enum SmallFile {
    /// The most that is read, in bytes.
    static let limit = 1 << 20

    enum Outcome: Sendable, Equatable {
        case text(String)
        case missing
        /// The reason is a phrase, such as `Permission denied`.
        case unreadable(reason: String)
    }

    static func read(_ path: String) async -> Outcome {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: readBlocking(path)) }
        }
    }

    private static func readBlocking(_ path: String) -> Outcome {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            return errno == ENOENT ? .missing : .unreadable(reason: String(cString: strerror(errno)))
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = readBytes(file, &chunk, chunk.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                return .unreadable(reason: String(cString: strerror(errno)))
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { return .unreadable(reason: "it is larger than \(limit) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .unreadable(reason: "it is not UTF-8")
        }
        return .text(text)
    }
}

/// The system's `read`, which `SmallFile.read` hides.
private func readBytes(_ file: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
    read(file, &buffer, count)
}
