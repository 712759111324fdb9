import ProgramKit
import ArgumentParser
import CacheClient
import CacheCore
import ClientOptions
import Logging
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 push`.
struct PushCommand: InterruptibleCommand {
    /// What a failed path does to the others.
    enum ErrorMode: String, ExpressibleByArgument, CaseIterable, Sendable {
        case stop
        case `continue`
    }

    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push store paths, with all they refer to, into the cache.",
        discussion: """
            A push that was interrupted goes on where it stopped when it is run again. Defaults for most flags may stand in \
            niks3/config.toml in the configuration directory, or in /etc/niks3/config.toml, as `server-url = "…"`.
            """)

    @Argument(help: ArgumentHelp("Store paths, or links to them such as ./result.", valueName: "store-path"))
    var paths: [String] = []

    @OptionGroup var server: ServerOptions
    @OptionGroup var transfer: TransferOptions
    @OptionGroup var store: StoreOptions

    @Flag(
        help: ArgumentHelp(
            "Read paths from standard input, one a line or as {\"id\":1,\"paths\":[…]}, and write one line of JSON for each."
        ))
    var stdin = false

    @Option(help: ArgumentHelp("What a path that fails does to the others: stop or continue.", valueName: "mode"))
    var onError = ErrorMode.stop

    @Flag(help: "Say what would be pushed, one path a line, and push nothing.")
    var dryRun = false

    @Flag(help: "Write what happens to standard output, one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("Keep the closure by this name; for one path only.", valueName: "name"))
    var pin: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard stdin != !paths.isEmpty else {
            throw ValidationError(
                stdin ? "With --stdin, paths are read from standard input: name none." : "Name the store paths to push."
            )
        }
        guard pin == nil || (paths.count == 1 && !transfer.noClosure) else {
            throw ValidationError("--pin names one closure: push one path with it, and leave --no-closure out.")
        }
        guard !stdin || (!dryRun && !json && onError == .stop) else {
            throw ValidationError("--stdin has a protocol of its own: leave --dry-run, --json and --on-error out.")
        }
    }

    func runReporting() async -> ExitStatus {
        let environment = ProcessInfo.processInfo.environment
        var options = output
        let settings: ClientSettings
        do throws(ClientError) {
            settings = try ClientSettings(environment: environment)
        } catch {
            Console(options, environment: environment).log(.error, error.message)
            return .usage
        }
        options.noProgress = options.noProgress || settings.hidesProgress == true || stdin
        let console = Console(options, environment: environment)
        do throws(ClientError) {
            return try await run(environment, settings, console)
        } catch {
            console.finish(nil)
            console.log(
                .error,
                error.code == .cancelled
                    ? "The push was interrupted; run it again to go on where it stopped." : error.message)
            return ExitStatus(after: error)
        }
    }

    private func run(
        _ environment: [String: String], _ settings: ClientSettings, _ console: Console
    ) async throws(ClientError) -> ExitStatus {
        let location = try store.location(environment: environment)
        let directories = location.directories
        let name = try pin.map { name throws(ClientError) in try PinName(argument: name) }
        let client = try server.makeClient(
            environment: environment, settings: settings, logger: console.logger, trace: console.trace
        ) {
            console.retrying($0)
        }
        let pusher = Pusher(
            api: client, store: LocalStore(location, logger: console.logger),
            options: transfer.pushOptions(environment: environment, settings: settings), logger: console.logger)
        if stdin {
            let stream = PushStream(pusher: pusher) { event in
                console.note(event)
            } write: { line in
                StandardStream.output.write(line)
            }
            return try await stream.run() == 0 ? .success : .failure
        }
        let roots = try paths.map { path throws(ClientError) in try directories.storePath(ofArgument: path) }
        if dryRun { return try await preview(roots, by: pusher, console) }
        let status = try await push(roots, by: pusher, console)
        if status == .success, let name, let root = roots.first {
            try await client.setPin(name, storePath: root.path(in: directories.store))
        }
        return status
    }

    private func preview(
        _ roots: [StorePath], by pusher: Pusher, _ console: Console
    ) async throws(ClientError) -> ExitStatus {
        let preview = try await pusher.preview(roots)
        let directory = pusher.store.directories.store
        for info in preview.newPaths {
            let path = info.storePath.path(in: directory)
            StandardStream.output.write(
                json
                    ? JSONLine("would_push", ["path": .text(path), "nar_bytes": .number(info.narSize)]).text
                    : path + "\n")
        }
        console.finish(preview.text)
        return .success
    }

    private func push(
        _ roots: [StorePath], by pusher: Pusher, _ console: Console
    ) async throws(ClientError) -> ExitStatus {
        let directory = pusher.store.directories.store
        let note: @Sendable (PushEvent) -> Void = { [json] event in
            console.note(event)
            if json, let line = JSONLine(event, in: directory) { StandardStream.output.write(line.text) }
        }
        guard onError == .continue else {
            let summary = try await console.showing { () throws(ClientError) in
                try await pusher.push(roots, onEvent: note)
            }
            return finish(summary, failures: [], directory, console)
        }
        let (outcomes, summary) = try await console.showing { () throws(ClientError) in
            await pusher.pushEach(roots, onEvent: note)
        }
        if let cancelled = outcomes.lazy.compactMap(\.failure).first(where: { $0.code == .cancelled }) {
            throw cancelled
        }
        return finish(summary, failures: outcomes.filter { $0.failure != nil }, directory, console)
    }

    private func finish(
        _ summary: PushSummary, failures: [PathOutcome], _ directory: StoreDirectory, _ console: Console
    ) -> ExitStatus {
        if json {
            for failure in failures {
                StandardStream.output.write(
                    JSONLine(
                        "failed",
                        [
                            "path": .text(failure.path.path(in: directory)),
                            "message": .text(failure.failure?.message ?? ""),
                        ]
                    ).text)
            }
            StandardStream.output.write(JSONLine(summary).text)
        }
        console.finish(summary.text)
        for failure in failures {
            let path = failure.path.path(in: directory)
            let message = failure.failure?.message ?? ""
            console.log(.error, message.contains(path) ? message : "\(path) was not pushed: \(message)")
        }
        return failures.isEmpty ? .success : .failure
    }
}
