import ArgumentParser
import CacheClient
import CacheCore
import ClientOptions
import Logging
import NarKit
import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 closures`.
struct ClosuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "closures",
        abstract: "See what was pushed, and forget it.",
        subcommands: [List.self, Show.self, Delete.self])

    /// `niks3 closures list`.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show closures: the path that was pushed, the size in the storage, and when it was pushed last.")

        @Option(help: ArgumentHelp("Only those whose store path holds this, in either case.", valueName: "text"))
        var search = ""

        @Option(help: ArgumentHelp("How many at most. (default: all)", valueName: "n"))
        var limit: Int?

        @Flag(help: "Write one JSON object a line.")
        var json = false

        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("--limit must be at least 1.") }
        }

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            var left = limit ?? .max
            var next: String? = ""
            while let after = next, left > 0 {
                let page = try await client.closures(
                    limit: min(left, ClosureService.pageLimit), after: after, search: search)
                for closure in page.closures {
                    StandardStream.output.write(json ? JSONLine(closure).text : closure.line)
                }
                left -= page.closures.count
                guard page.next != after else { return }
                next = page.next
            }
        }
    }

    /// `niks3 closures show`.
    struct Show: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Show the keys of all objects that a closure keeps.")

        @Argument(help: ClosureArgument.help)
        var closure: String

        @OptionGroup var store: StoreOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            let directories = try store.location(environment: environment).directories
            let found = try await client.closure(try ClosureArgument.key(closure, in: directories))
            StandardStream.output.write("\(found.id)\t\(found.updatedAt)\n")
            for key in found.objects { StandardStream.output.write(key + "\n") }
        }
    }

    /// `niks3 closures delete`.
    struct Delete: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget closures that no pin keeps; `niks3 gc` deletes what nothing else needs.")

        @Argument(help: ClosureArgument.help)
        var closures: [String]

        @OptionGroup var store: StoreOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            let directories = try store.location(environment: environment).directories
            let keys = try closures.map { text throws(ClientError) in try ClosureArgument.key(text, in: directories) }
            for key in keys { try await client.removeClosure(key) }
        }
    }
}

extension ClosureSummary {
    /// Path, size and time.
    fileprivate var line: String {
        "\(storePath ?? id)\t\(Quantities.bytes(UInt64(max(0, bytes))))\t\(updatedAt)\n"
    }
}

extension JSONLine {
    fileprivate init(_ closure: ClosureSummary) {
        var fields: [String: Value] = [
            "id": .text(closure.id), "bytes": .number(UInt64(max(0, closure.bytes))),
            "updated_at": .text(closure.updatedAt.description),
        ]
        if let path = closure.storePath { fields["path"] = .text(path) }
        self.init("closure", fields)
    }
}
