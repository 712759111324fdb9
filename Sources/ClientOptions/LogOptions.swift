import ArgumentParser
import CacheCore
package import Logging
package import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a daemon says, all of it on standard error.
package struct LogOptions: ParsableArguments {
    @Flag(help: "Say more, and show the heads of HTTP requests without their secrets.")
    package var debug = false

    @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
    package var logFormat = LogFormat.text

    package init() {}

    /// A logger that writes to standard error.
    ///
    /// - Parameter label: The name of the program.
    package func logger(label: String) -> Logger {
        let (level, format) = (debug ? Logger.Level.debug : .info, logFormat)
        var logger = Logger(label: label) { _ in
            LineLogHandler(
                level: level, format: format, write: { StandardStream.error.write($0) },
                now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)).description })
        }
        logger.logLevel = level
        return logger
    }
}
