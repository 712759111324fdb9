#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Waiting for descriptors (poll(2)).
enum Polling {
    /// Waits until one of some descriptors is ready or a time has come.
    ///
    /// - Parameters:
    ///   - descriptors: What is waited for; their `revents` are filled in.
    ///   - deadline: When to stop waiting; nil for never.
    static func wait(for descriptors: inout [pollfd], until deadline: ContinuousClock.Instant?) {
        var timeout: CInt = -1
        if let deadline {
            // Rounded up, so that the time has come when nothing else happened.
            let left = max(.zero, deadline - .now) + .nanoseconds(999_999)
            timeout = CInt(
                clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
        }
        let count = poll(&descriptors, nfds_t(descriptors.count), timeout)
        // An interruption, or descriptors that the system has no memory to watch: the caller comes back.
        if count < 0 { for index in descriptors.indices { descriptors[index].revents = 0 } }
    }

    /// Waits for one descriptor.
    ///
    /// - Parameters:
    ///   - events: `POLLIN` or `POLLOUT`.
    ///   - descriptor: The descriptor.
    ///   - deadline: When to stop waiting.
    /// - Returns: Whether the deadline has not passed.
    static func wait(for events: CInt, of descriptor: CInt, until deadline: ContinuousClock.Instant) -> Bool {
        var descriptors = [pollfd(fd: descriptor, events: Int16(events), revents: 0)]
        wait(for: &descriptors, until: deadline)
        return ContinuousClock.now < deadline
    }
}
