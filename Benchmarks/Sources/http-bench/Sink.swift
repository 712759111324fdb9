#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server on a free port of the loopback that answers each PUT with 200 and keeps nothing.
///
/// It is to cost as little as can be, since it shares the machine with what is timed: one thread, and bodies that are
/// dropped in the kernel where it can do so.
struct Sink {
    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: \"0\"\r\n\r\n".utf8)
    private static let lengthName = Array("content-length:".utf8)
    private static let bufferSize = 1 << 20

    /// A connection: the bytes of a head that has not ended, and how much of a body is still to come.
    private struct Connection {
        var head: [UInt8] = []
        var bodyLeft = 0
    }

    /// Prints the port, and serves until the process is ended.
    func run() throws {
        let listener = socket(AF_INET, SocketType.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(listener, name, length) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, name, &length) == 0
            }
        }
        guard isListening else { throw BenchError(message: "cannot listen on the loopback: errno \(errno)") }
        print(UInt16(bigEndian: address.sin_port))
        fflush(nil)
        try serve(listener)
    }

    private func serve(_ listener: Int32) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 64)
        defer { buffer.deallocate() }
        var descriptors = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        var connections = [Connection()]
        while true {
            guard poll(&descriptors, nfds_t(descriptors.count), -1) > 0 else {
                if errno == EINTR { continue }
                throw BenchError(message: "poll: errno \(errno)")
            }
            for index in descriptors.indices.reversed().dropLast() where descriptors[index].revents != 0 {
                guard !take(from: descriptors[index].fd, &connections[index], buffer) else { continue }
                close(descriptors[index].fd)
                descriptors.remove(at: index)
                connections.remove(at: index)
            }
            guard descriptors[0].revents != 0 else { continue }
            let accepted = accept(listener, nil, nil)
            guard accepted >= 0 else { continue }
            var on: Int32 = 1
            setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            descriptors.append(pollfd(fd: accepted, events: Int16(POLLIN), revents: 0))
            connections.append(Connection())
        }
    }

    /// Takes what has arrived on a connection, once.
    ///
    /// - Returns: whether the connection goes on.
    private func take(
        from descriptor: Int32, _ connection: inout Connection, _ buffer: UnsafeMutableRawBufferPointer
    ) -> Bool {
        if connection.bodyLeft > 0 {
            let count = Self.drop(from: descriptor, buffer, connection.bodyLeft)
            guard count > 0 else { return false }
            connection.bodyLeft -= count
            return connection.bodyLeft > 0 || Self.sendAnswer(to: descriptor)
        }
        let count = recv(descriptor, buffer.baseAddress, 64 << 10, 0)
        guard count > 0 else { return false }
        connection.head += UnsafeRawBufferPointer(rebasing: buffer[..<count])
        guard let (end, length) = Self.parse(connection.head) else { return connection.head.count <= 64 << 10 }
        // Nobody sends a second request before the first is answered.
        connection.bodyLeft = length - (connection.head.count - end)
        connection.head.removeAll(keepingCapacity: true)
        return connection.bodyLeft > 0 || Self.sendAnswer(to: descriptor)
    }

    /// Reads bytes of a body and drops them.
    private static func drop(from descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ limit: Int) -> Int {
        #if os(Linux)
        // Without copying them.
        recv(descriptor, nil, limit, Int32(MSG_TRUNC))
        #else
        recv(descriptor, buffer.baseAddress, min(limit, buffer.count), 0)
        #endif
    }

    private static func sendAnswer(to descriptor: Int32) -> Bool {
        send(descriptor, answer, answer.count, 0) == answer.count
    }

    /// Finds the end of a head, and the length of the body that follows.
    ///
    /// - Returns: nil when the head has not ended.
    private static func parse(_ head: [UInt8]) -> (end: Int, length: Int)? {
        guard let last = head.indices.dropFirst(3).first(where: { isEnd($0, of: head) }) else { return nil }
        for start in 1..<max(1, last - lengthName.count) where head[start - 1] == 0x0A {
            // What ORing with 0x20 does to letters is to make them small.
            guard lengthName.indices.allSatisfy({ head[start + $0] | 0x20 == lengthName[$0] }) else { continue }
            let digits = head[(start + lengthName.count)...].drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) }
            return (last + 1, Int(String(decoding: digits, as: UTF8.self)) ?? 0)
        }
        return (last + 1, 0)
    }

    private static func isEnd(_ index: Int, of head: [UInt8]) -> Bool {
        head[index] == 0x0A && head[index - 1] == 0x0D && head[index - 2] == 0x0A && head[index - 3] == 0x0D
    }
}

/// The type of a stream socket, which the C libraries declare differently.
private enum SocketType {
    #if os(Linux)
    static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    static let stream = SOCK_STREAM
    #endif
}
