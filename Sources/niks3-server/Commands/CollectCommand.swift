import ArgumentParser
import CacheCore
import CacheServer
import NarKit
import ProgramKit

/// `niks3-server gc`.
struct CollectCommand: WorkCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Delete closures that are too old, and what nothing needs any more.",
        discussion: """
            The same as niks3 gc, without a server: for a timer beside the database and the bucket, whose servers may \
            run meanwhile. Give the flags of a server that say where they are. The data directory of a server that runs \
            is that server's: use niks3 gc.

            Exits with 0 when all is done, 1 when something failed and 130 when it was interrupted; the next one goes on.
            """)

    @ParentCommand var server: ServerCommand

    @Option(help: ArgumentHelp("How long ago a closure was last pushed, as in 720h or 30d.", valueName: "age"))
    var olderThan = "720h"

    @Option(help: ArgumentHelp("How long ago an unfinished upload began, as in 6h.", valueName: "age"))
    var failedUploadsOlderThan = GCParameters.defaultFailedUploadsOlderThan

    @Flag(help: "Delete at once what is unreachable. Uploads and downloads that are under way may fail.")
    var force = false

    @Flag(help: "Say what would be deleted, and change nothing.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    static let switches: Set<String> = ["force", "dry-run", "json"]

    func check(_ settings: ServerSettings) throws(ConfigurationError) {
        for (flag, text) in [("older-than", olderThan), ("failed-uploads-older-than", failedUploadsOlderThan)] {
            guard let age = try? Duration(goDuration: text), age >= .zero else {
                throw ConfigurationError("--\(flag) \(text): write how old, as in 720h or 30d")
            }
        }
    }

    func work(_ work: Work) async throws -> WorkStatus {
        let parameters = GCParameters(
            olderThan: olderThan, failedUploadsOlderThan: failedUploadsOlderThan, force: force)
        let (storage, times) = (work.storage, work.times)
        let pins = PinService(
            metadata: storage.metadata, objects: storage.objects, storeDirectory: work.settings.storeDirectory,
            times: times, logger: work.logger)
        let collections = CollectionService(
            metadata: storage.metadata, uploads: work.uploads, pins: pins,
            settings: CollectionSettings(times: times), logger: work.logger)
        var line = ProgressLine()
        if dryRun {
            let plan = try await collections.plan(parameters)
            line.print(json ? try plan.jsonLine : plan.lines)
            return .success
        }
        let status = try await Self.collect(parameters, collections, work.interruption)
        if json { line.print(try status.jsonLine) }
        guard status.state == .succeeded else {
            throw CacheError(.unavailable, status.error ?? "The collection was taken over by another server.")
        }
        if !json { line.print(status.stats.line) }
        return status.stats.objectsFailedToDelete == 0 ? .success : .failure
    }

    /// Collects, tells of each phase, and stops between two steps when it is interrupted.
    private static func collect(
        _ parameters: GCParameters, _ collections: CollectionService, _ interruption: Interruption
    ) async throws -> GCStatusResponse {
        try await withThrowingTaskGroup(of: GCStatusResponse?.self) { group in
            group.addTask { try await collections.collect(parameters) }
            group.addTask {
                var phase: CollectionPhase?
                while (try? await Task.sleep(for: .milliseconds(200))) != nil {
                    if interruption.isRequested { collections.stop() }
                    guard let now = try? await collections.status()?.phase, now != phase else { continue }
                    phase = now
                    StandardStream.error.write("\(now.text)\n")
                }
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let status = outcome { return status }
            }
            throw CancellationError()
        }
    }
}

extension CollectionPhase {
    fileprivate var text: String {
        switch self {
        case .cleanUpUploads: "giving up unfinished uploads"
        case .cleanUpClosures: "deleting old closures"
        case .cleanUpObjects: "looking for and deleting objects that nothing needs"
        case .vacuum: "tidying the database up"
        }
    }
}

extension GCStatistics {
    fileprivate var line: String {
        "closures deleted: \(oldClosuresDeleted), uploads given up: \(failedUploadsDeleted), objects marked: "
            + "\(objectsMarkedForDeletion), deleted: \(objectsDeletedAfterGracePeriod), not deleted: "
            + "\(objectsFailedToDelete)"
    }
}

extension GCPlanResponse {
    fileprivate var lines: String {
        let first =
            "closures to delete: \(stats.oldClosuresDeleted), uploads to give up: \(stats.failedUploadsDeleted), "
            + "objects to mark: \(stats.objectsMarkedForDeletion), to delete: "
            + "\(stats.objectsDeletedAfterGracePeriod), bytes nothing needs: \(bytes)"
        return
            ([first] + largest.map { "object \($0.key) of \($0.size) bytes" }
            + oldest.map { "closure \($0.id) of \($0.updatedAt)" }).joined(separator: "\n")
    }
}
