import ArgumentParser
import CacheClient
import ClientOptions
import Logging
import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `niks3-hook serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take paths in from `niks3-hook send`, keep them in a queue and push them.",
        discussion: """
            What was taken in survives crashes and power cuts. SIGTERM and SIGINT push what still waits and end with 0; \
            what cannot be pushed then is tried at the next start. A socket that systemd passes is used instead of --socket.
            """)

    @OptionGroup var server: ServerOptions

    @OptionGroup var transfer: TransferOptions

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("The socket to listen on.", valueName: "path"))
    var socket = HookCommand.defaultSocket

    @Option(help: ArgumentHelp("The file of the queue.", valueName: "file"))
    var dbPath = "/var/lib/niks3-hook/upload-queue.db"

    @Option(help: ArgumentHelp("How many paths are pushed together at most.", valueName: "n"))
    var batchSize = 50

    @Option(
        help: ArgumentHelp(
            "End after so long without anything to do, as 60s, 60 or 1h30m; 0 for never.", valueName: "duration"))
    var idleExitTimeout = IdleExitTimeout(seconds: 60)

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch-size must be between 1 and 10000.")
        }
    }

    /// Works until a signal or the idle time ends it, and reports what went wrong.
    func serve() async -> ExitStatus {
        MemoryAllocator.returnLargeBuffers()
        let logger = log.logger(label: "niks3-hook")
        do {
            try await serve(environment: ProcessInfo.processInfo.environment, logger: logger)
            return .success
        } catch let error as ClientError {
            logger.error("\(error.message)")
            return error.code == .invalidArgument ? .usage : .failure
        } catch {
            logger.error("\(error)")
            return error is UsageError ? .usage : .failure
        }
    }

    private func serve(environment: [String: String], logger: Logger) async throws {
        let settings = try ClientSettings(environment: environment)
        let client = try server.makeClient(environment: environment, settings: settings, logger: logger) { retry in
            logger.debug("attempt \(retry.attempt): \(retry.reason)")
        }
        let uploader = HookUploader(
            api: client, store: LocalStore(try store.location(environment: environment), logger: logger),
            options: transfer.pushOptions(environment: environment, settings: settings), logger: logger)
        let queue = try UploadQueue(path: dbPath)
        let waiting = try await queue.count()
        let service = try HookService(
            queue: queue, socket: try listeningSocket(environment), uploader: uploader,
            settings: HookSettings(batchSize: batchSize, idleExitTimeout: idleExitTimeout.duration), logger: logger)
        let systemd = SystemdNotifier(socketPath: environment["NOTIFY_SOCKET"])
        // The queue is safe: whoever cannot wait for it may end the process at any moment.
        let signals = TerminationSignals(onSecond: { _ in _exit(ExitStatus.success.rawValue) }) {
            logger.notice("stopping: what waits is pushed first")
            systemd?.notify("STOPPING=1")
            service.stop()
        }
        defer { signals.cancel() }
        logger.info("ready", metadata: ["waiting_paths": "\(waiting)"])
        systemd?.notify("READY=1")
        try await service.run()
        systemd?.notify("STOPPING=1")
        try queue.close()
        logger.info("stopped")
    }

    private func listeningSocket(_ environment: [String: String]) throws -> HookSocket {
        guard let sockets = try ActivatedSockets(environment: environment, processID: getpid()) else {
            return try HookSocket(listeningAt: socket)
        }
        guard sockets.descriptors.count == 1 else {
            throw UsageError(
                "systemd passed \(sockets.descriptors.count) sockets; give the socket's unit one ListenStream=")
        }
        return HookSocket(activated: sockets.descriptors[0])
    }
}
