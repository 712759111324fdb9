import ArgumentParser
import CacheClient
import ClientOptions
import Logging
import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `niks3-hook send`, which Nix waits for: it is quick, and its failures are nobody's problem.
struct SendCommand: ParsableCommand {
    static let name = "send"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Hand the paths in OUT_PATHS over to `niks3-hook serve`.",
        discussion: """
            Nix sets OUT_PATHS for its post-build-hook. This always ends with 0, and within 5 s: a build neither fails \
            nor waits because of the cache.
            """)

    @Option(help: ArgumentHelp("The socket of `niks3-hook serve`.", valueName: "path"))
    var socket = HookCommand.defaultSocket

    @OptionGroup var log: LogOptions

    /// How long handing over may take: with the start and the end of the process it stays below 5 s.
    private static let timeout = Duration.milliseconds(4500)
    private static let longestRun = Duration.milliseconds(4800)

    func run() {
        // Also where it hangs in something that knows no time limit, such as a message that nobody reads.
        ProcessDeadline.endSuccessfully(after: Self.longestRun)
        let logger = log.logger(label: "niks3-hook")
        guard let text = Self.variable("OUT_PATHS") else {
            logger.warning("OUT_PATHS is not set: have Nix call this, by post-build-hook in nix.conf")
            return
        }
        let derivation = Self.variable("DRV_PATH")
        do throws(ClientError) {
            let paths = try HookSender.paths(outPaths: text, derivation: derivation)
            guard !paths.isEmpty else { return }
            try HookSender(socketPath: socket, timeout: Self.timeout).send(paths)
            logger.debug("handed over", metadata: ["paths": "\(paths.count)"])
        } catch {
            let subject = derivation.map { "what \($0) has built" } ?? text
            logger.warning("\(subject) is not pushed to the cache: \(error.message)")
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
