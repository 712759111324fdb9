import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The value of the field Date, made once a second.
final class DateField: Sendable {
    private let latest = Mutex<(date: HTTPDate, text: String)?>(nil)

    /// What it is now.
    var value: String {
        let now = HTTPDate(seconds: Int64(time(nil)))
        return latest.withLock { latest in
            if let latest, latest.date == now { return latest.text }
            let text = now.description
            latest = (now, text)
            return text
        }
    }
}
