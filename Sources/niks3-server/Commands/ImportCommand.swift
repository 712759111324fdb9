import ArgumentParser
import CacheCore
import CacheServer
import CacheStorage
import NarKit
import ProgramKit

/// `niks3-server import`.
struct ImportCommand: WorkCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over what lies in the bucket already.",
        discussion: """
            --from-bucket takes over a bucket that nix copy has filled, with narinfos that are plain or compressed with \
            zstd, and NARs that are compressed with zstd, xz, bzip2 or not at all. Closures begin at the narinfos that no \
            other one refers to.

            --from-database takes over what the database of a niks3 server written in Go says about this bucket: \
            closures and pins with their times, and what that server was about to delete. Its tables may lie in the \
            database of --db, beside ours. Stop that server first.

            NARs stay as they lie; narinfos are signed and written anew. An import can be repeated: what is there is \
            passed over. Repeat one that was interrupted before the next collection, which may take what it had begun \
            for an upload that was given up, and delete it.

            Exits with 0 when everything was taken over, with 1 when something was not, or the import failed, and with \
            130 when it was interrupted.
            """)

    @ParentCommand var server: ServerCommand

    @Flag(help: "Take over what nix copy has written into the bucket.")
    var fromBucket = false

    @Option(
        help: ArgumentHelp(
            "Take over what this database says: a connection string as for --db.", valueName: "connection"))
    var fromDatabase: String?

    @Flag(help: "With --from-bucket, make each narinfo a closure of its own.")
    var allRoots = false

    @Flag(help: "With --from-database, wait until clients of the other server can write no more.")
    var wait = false

    @Flag(help: "Print JSON, one object a line, and a summary at the end.")
    var json = false

    static let switches: Set<String> = ["from-bucket", "all-roots", "wait", "json"]

    func check(_ settings: ServerSettings) throws(ConfigurationError) {
        guard fromBucket != (fromDatabase != nil) else {
            throw ConfigurationError("give either --from-bucket or --from-database")
        }
        if allRoots, !fromBucket { throw ConfigurationError("--all-roots goes with --from-bucket only") }
        if wait, fromBucket { throw ConfigurationError("--wait goes with --from-database only") }
        if !fromBucket, case .directory = settings.storage {
            throw ConfigurationError(
                "--from-database needs --db and the bucket that the other server has filled; give them too")
        }
    }

    func work(_ work: Work) async throws -> WorkStatus {
        let importer = ImportService(metadata: work.storage.metadata, uploads: work.uploads)
        var line = ProgressLine()
        let report: ImportService.Report = { event throws(CacheError) in
            switch event {
            case .refused(let key, let reason):
                line.print(refusal(key, reason))
            case .waiting(let end):
                line.note("waiting until \(end) for clients of the other server")
            case .progress(let summary):
                line.show(summary.line)
            }
            // Between two closures: what was begun is brought to its end.
            try work.interruption.check()
        }
        let summary: ImportSummary
        if let fromDatabase {
            let source = try await GoDatabase(connection: fromDatabase)
            defer { source.close() }
            summary = try await importer.importDatabase(source, waits: wait, report)
        } else {
            summary = try await importer.importBucket(makesAllRoots: allRoots, report)
        }
        line.print(json ? try SummaryLine(summary: summary).jsonLine : summary.line)
        return summary.refused == 0 ? .success : .failure
    }

    private func refusal(_ key: String, _ reason: String) -> String {
        if json, let line = try? RefusalLine(refused: key, reason: reason).jsonLine { return line }
        return "not taken \(key): \(reason)"
    }
}

extension ImportSummary {
    fileprivate var line: String {
        var words = ["narinfos taken: \(narInfos)", "closures: \(closures)", "refused: \(refused)"]
        for (word, count) in [
            ("looked at", scanned), ("there before", present), ("pins", pins), ("unfinished uploads", uploads),
            ("left to a collection", garbage),
        ] where count > 0 {
            words.append("\(word): \(count)")
        }
        return words.joined(separator: ", ")
    }
}
