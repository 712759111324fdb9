#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Wakes a thread that polls.
final class WakeUpPipe: Sendable {
    /// What the thread polls for reading.
    let descriptor: CInt
    private let writer: CInt

    /// Makes a pipe.
    ///
    /// - Throws: ``ClientError`` with the code `unreadablePath` when there are no descriptors left.
    init() throws(ClientError) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw FileAccess.failure("make", "a pipe", errno) }
        for end in ends { UnixSocket.prepare(end) }
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// Wakes the thread, now or when it polls next.
    func ring() {
        // A full pipe wakes as well.
        var byte: UInt8 = 0
        _ = write(writer, &byte, 1)
    }

    /// Takes note of all calls that there were.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
