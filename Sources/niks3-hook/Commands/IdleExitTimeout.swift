import ArgumentParser
import CacheCore

/// After how long without anything to do the daemon ends.
struct IdleExitTimeout: ExpressibleByArgument, Equatable {
    /// Nil for never.
    var duration: Duration?

    /// Reads a number of seconds, or a duration as Go writes it; 0 is never.
    init?(argument: String) {
        let isNumber =
            !argument.isEmpty && argument.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let duration = try? Duration(goDuration: isNumber ? argument + "s" : argument), duration >= .zero else {
            return nil
        }
        self.duration = duration > .zero ? duration : nil
    }

    init(seconds: Int) { duration = .seconds(seconds) }

    /// For the help.
    var defaultValueDescription: String { duration.map { "\($0.components.seconds)s" } ?? "0" }
}
