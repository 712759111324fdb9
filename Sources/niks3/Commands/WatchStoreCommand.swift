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

/// `niks3 watch-store`.
struct WatchStoreCommand: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch-store",
        abstract: "Push what appears in the local store, until a signal ends it.",
        discussion: """
            It begins with what appears after its first start, and later where it stopped. SIGTERM and SIGINT push what \
            still waits and end with 0; what cannot be pushed then is tried at the next start.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var transfer: TransferOptions
    @OptionGroup var store: StoreOptions

    @Option(
        help: ArgumentHelp(
            "The file of what waits and of how far the store was watched. Otherwise watch-store.db in the directory for "
                + "state.", valueName: "file"))
    var dbPath: String?

    @Option(help: ArgumentHelp("How many paths are pushed together at most.", valueName: "n"))
    var batchSize = 50

    @Flag(help: "Push derivations too.")
    var derivations = false

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch-size must be between 1 and 10000.")
        }
    }

    func serve() async -> ExitStatus {
        let logger = log.logger(label: "niks3")
        do throws(ClientError) {
            try await serve(environment: ProcessInfo.processInfo.environment, logger: logger)
            return .success
        } catch {
            logger.error("\(error.message)")
            return error.code == .invalidArgument ? .usage : .failure
        }
    }

    private func serve(environment: [String: String], logger: Logger) async throws(ClientError) {
        let settings = try ClientSettings(environment: environment)
        let location = try store.location(environment: environment)
        guard location.hasDatabase else {
            throw ClientError(
                .invalidArgument,
                "Only a store of this machine can be watched: name another with --store or NIX_REMOTE.")
        }
        guard let path = dbPath ?? WatchSettings.queuePath(environment: environment) else {
            throw ClientError(.invalidArgument, "No variable names a directory for state: name a file with --db-path.")
        }
        let client = try server.makeClient(environment: environment, settings: settings, logger: logger) { retry in
            logger.debug("attempt \(retry.attempt): \(retry.reason)")
        }
        let uploader = HookUploader(
            api: client, store: LocalStore(location, logger: logger),
            options: transfer.pushOptions(environment: environment, settings: settings), logger: logger)
        let queue = try UploadQueue(path: path)
        let watcher = StoreWatcher(
            store: DatabaseStore(directories: location.directories), queue: queue, uploader: uploader,
            settings: WatchSettings(batchSize: batchSize, includesDerivations: derivations), logger: logger)
        let waiting = try await watcher.prepare()
        let systemd = SystemdNotifier(socketPath: environment["NOTIFY_SOCKET"])
        // The queue is safe: whoever cannot wait for it may end the process at any moment.
        let signals = TerminationSignals(onSecond: { _ in _exit(ExitStatus.success.rawValue) }) {
            logger.notice("stopping: what waits is pushed first")
            systemd?.notify("STOPPING=1")
            watcher.stop()
        }
        defer { signals.cancel() }
        logger.info("ready", metadata: ["waiting_paths": "\(waiting)"])
        systemd?.notify("READY=1")
        try await watcher.run()
        try queue.close()
        logger.info("stopped")
    }
}
