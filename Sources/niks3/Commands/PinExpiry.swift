import ArgumentParser
import CacheCore

/// When a pin ends.
enum PinExpiry: ExpressibleByArgument, Equatable {
    case after(Duration)
    case at(Timestamp)

    /// Reads a duration, as `720h` or `30d`, or an instant as RFC 3339 has it.
    init?(argument: String) {
        if let instant = Timestamp(rfc3339: argument) {
            self = .at(instant)
        } else if let duration = try? Duration(goDuration: argument), duration > .zero {
            self = .after(duration)
        } else {
            return nil
        }
    }

    /// The instant, where it is `now`.
    func instant(from now: Timestamp) -> Timestamp {
        switch self {
        case .after(let duration): now + duration
        case .at(let instant): instant
        }
    }
}
