public import CacheCore
public import CacheStorage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A clock that stands still until a test moves it on, for the stores and the bucket of the test.
///
/// PostgreSQL reads it from a file, so that all servers over a database have it at once.
public final class TestClock: Sendable {
    /// The clock itself.
    public let storeClock: StoreClock
    private let file: Mutex<String?>

    init(standingAt instant: Timestamp, file: String?) throws {
        storeClock = StoreClock(standingAt: instant)
        self.file = Mutex(file)
        guard write(to: file) else { throw ServiceFailure(description: "the clock \(file ?? "") cannot be written") }
    }

    /// Where it stands.
    public var now: Timestamp { storeClock.now }

    /// Moves it on.
    public func advance(by duration: Duration) {
        file.withLock { file in
            storeClock.advance(by: duration)
            precondition(write(to: file), "the clock cannot be written")
        }
    }

    /// Whoever reads meanwhile sees the old file or the new one.
    private func write(to file: String?) -> Bool {
        guard let file else { return true }
        guard let stream = fopen(file + ".new", "w") else { return false }
        fputs(String(storeClock.now.microseconds), stream)
        return fclose(stream) == 0 && rename(file + ".new", file) == 0
    }
}
