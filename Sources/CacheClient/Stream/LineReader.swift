#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The lines of a file descriptor, as they come; a line is never held beyond its limit.
final class LineReader {
    /// What was read.
    enum Line: Equatable, Sendable {
        /// A line without its end.
        case text([UInt8])
        /// The beginning of a line that is too long; the rest of it is dropped.
        case tooLong([UInt8])
    }

    private let descriptor: CInt
    private let limit: Int
    private var buffer: [UInt8] = []
    /// How much of the buffer has been looked through for the end of a line.
    private var searched = 0
    private var isDropping = false
    private var hasEnded = false

    private static let newline = UInt8(ascii: "\n")
    /// How much of a line that is too long is shown.
    private static let shownBytes = 200

    /// Makes a reader, which does not close the descriptor.
    ///
    /// - Parameters:
    ///   - descriptor: What is read.
    ///   - limit: The largest number of bytes in a line.
    init(descriptor: CInt, limit: Int = 64 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// The next line; nil at the end of the input. The last line needs no end.
    ///
    /// - Throws: ``ClientError`` with the code `cancelled`, or `unreadablePath`.
    func next() async throws(ClientError) -> Line? {
        while true {
            if let line = buffered() { return line }
            if hasEnded { return nil }
            try await fill()
        }
    }

    /// The next line if it is there already.
    func nextIfReady() async throws(ClientError) -> Line? {
        while true {
            if let line = buffered() { return line }
            guard !hasEnded, try await isReady(within: 0) else { return nil }
            try await fill()
        }
    }

    /// A line out of the buffer.
    private func buffered() -> Line? {
        while let end = buffer[searched...].firstIndex(of: Self.newline) {
            let line = Array(buffer[..<end])
            buffer.removeFirst(end + 1)
            searched = 0
            if isDropping { isDropping = false } else { return line.count > limit ? tooLong(line) : .text(line) }
        }
        searched = buffer.count
        if isDropping {
            (buffer, searched) = ([], 0)
        } else if buffer.count > limit {
            let line = buffer
            (buffer, searched) = ([], 0)
            isDropping = true
            return tooLong(line)
        }
        guard hasEnded, !buffer.isEmpty else { return nil }
        defer { (buffer, searched) = ([], 0) }
        return .text(buffer)
    }

    private func tooLong(_ line: [UInt8]) -> Line { .tooLong(Array(line.prefix(Self.shownBytes))) }

    private func fill() async throws(ClientError) {
        // In short waits, since a thread that reads cannot be interrupted.
        while try await !isReady(within: 100) {}
        let descriptor = descriptor
        let chunk = try await BlockingWork.run { () throws(ClientError) in
            try FileReader.read(descriptor, atMost: 64 << 10, path: "standard input")
        }
        if let chunk { buffer += chunk } else { hasEnded = true }
    }

    private func isReady(within milliseconds: CInt) async throws(ClientError) -> Bool {
        guard !Task.isCancelled else { throw .cancelled }
        let descriptor = descriptor
        return await BlockingWork.run {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // What is no pipe or terminal, and an end, count as ready: reading tells.
            return poll(&entry, 1, milliseconds) != 0
        }
    }
}
