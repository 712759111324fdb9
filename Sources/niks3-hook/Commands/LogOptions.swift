public import ArgumentParser
import CacheCore
import Logging
public import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LogFormat: ExpressibleByArgument {}

/// What the program says, all of it on standard error.
struct LogOptions: ParsableArguments {
    @Flag(help: "Say more, and show the heads of HTTP requests without their secrets.")
    var debug = false

    @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
    var logFormat = LogFormat.text

    /// A logger that writes to standard error.
    var logger: Logger {
        let (level, format) = (debug ? Logger.Level.debug : .info, logFormat)
        var logger = Logger(label: "niks3-hook") { _ in
            LineLogHandler(
                level: level, format: format, write: { StandardStream.error.write($0) },
                now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)).description })
        }
        logger.logLevel = level
        return logger
    }
}
