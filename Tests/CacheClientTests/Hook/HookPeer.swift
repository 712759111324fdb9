@testable import CacheClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One end of a connection to a socket, which a test moves by hand. Its calls wait, in bounded time.
final class HookPeer: Sendable {
    let descriptor: CInt

    struct Failed: Error { let code: CInt }

    init(_ path: String) throws {
        descriptor = UnixSocket.make()
        let descriptor = descriptor
        let code = try UnixSocket.withAddress(path) { connect(descriptor, $0, $1) == 0 ? 0 : errno }
        guard code == 0 else { throw Failed(code: code) }
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        let deadline = ContinuousClock.now + .seconds(20)
        while !rest.isEmpty {
            switch UnixSocket.send(rest, to: descriptor) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .wait: guard Polling.wait(for: CInt(POLLOUT), of: descriptor, until: deadline) else { return }
            case .failed: return
            }
        }
    }

    /// Says that nothing more will come.
    func finish() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Everything up to the end, or to the deadline.
    func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            switch UnixSocket.read(into: &buffer, from: descriptor) {
            case .moved(0), .failed: return String(decoding: bytes, as: UTF8.self)
            case .moved(let count): bytes += buffer[..<count]
            case .wait:
                guard Polling.wait(for: CInt(POLLIN), of: descriptor, until: deadline) else {
                    return String(decoding: bytes, as: UTF8.self) + " and then nothing"
                }
            }
        }
    }

    /// The same, off the threads that tasks share.
    func answer() async -> String { await BlockingWork.run { self.readAll() } }

    /// Sends a request and returns the answer, off the threads that tasks share.
    static func ask(_ path: String, _ text: String) async throws -> String {
        try await BlockingWork.run { () throws in
            let peer = try HookPeer(path)
            peer.write(text)
            return peer.readAll()
        }
    }
}

/// A socket on which somebody listens who never does more than a test says.
final class SilentListener: Sendable {
    let descriptor: CInt

    init(_ path: String, backlog: CInt = 128) throws {
        descriptor = UnixSocket.make()
        let descriptor = descriptor
        let code = try UnixSocket.withAddress(path) { bind(descriptor, $0, $1) == 0 ? 0 : errno }
        guard code == 0, listen(descriptor, backlog) == 0 else { throw HookPeer.Failed(code: code) }
    }

    deinit { close(descriptor) }
}
