import ArgumentParser
import CacheClient
import CacheCore
import ClientOptions
import Logging
import ProgramKit
import NarKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `niks3 pins`.
struct PinsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pins",
        abstract: "Keep closures by names, whatever their age.",
        subcommands: [Create.self, List.self, Delete.self])

    /// `niks3 pins create`.
    struct Create: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a closure a name; it takes the name from any other.")

        @Argument(help: ArgumentHelp("Letters, digits, dots, underscores and hyphens.", valueName: "name"))
        var name: String

        @Argument(help: ArgumentHelp("A store path that was pushed, or a link to one.", valueName: "store-path"))
        var path: String

        @Option(
            name: .customLong("expires"),
            help: ArgumentHelp(
                "When the pin ends: after a time, as 30d, or at an instant, as 2030-01-31T12:00:00Z.", valueName: "time"
            ))
        var expiry: PinExpiry?

        @Option(
            help: ArgumentHelp(
                "How many of the closures that had the name last stay, this one included. (default: 1)", valueName: "n")
        )
        var keep: Int?

        @OptionGroup var store: StoreOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard keep.map({ (1...1000).contains($0) }) ?? true else {
                throw ValidationError("--keep must be between 1 and 1000.")
            }
        }

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            let directories = try store.location(environment: environment).directories
            let root = try directories.storePath(ofArgument: path)
            try await client.setPin(
                try PinName(argument: name), storePath: root.path(in: directories.store),
                expiresAt: expiry?.instant(from: Timestamp(seconds: Int64(Date().timeIntervalSince1970))), keep: keep)
        }
    }

    /// `niks3 pins list`.
    struct List: ClientCommand {
        static let configuration = CommandConfiguration(abstract: "Show all pins.")

        @Flag(help: "Write JSON.")
        var json = false

        @Flag(help: "Write nothing but names.")
        var namesOnly = false

        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !json || !namesOnly else { throw ValidationError("--json and --names-only exclude each other.") }
        }

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            let pins = try await client.pins()
            if json {
                do throws(CacheError) {
                    StandardStream.output.write(String(decoding: try pins.encoded(), as: UTF8.self) + "\n")
                } catch {
                    throw ClientError(.serverFailure, error.message, cause: error)
                }
            } else {
                for pin in pins {
                    StandardStream.output.write(
                        namesOnly ? "\(pin.name)\n" : pin.line)
                }
            }
        }
    }

    /// `niks3 pins delete`.
    struct Delete: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a name away; the closure ages from then on like any other.")

        @Argument(help: ArgumentHelp("The name.", valueName: "name"))
        var name: String

        @OptionGroup var server: ServerOptions
        @OptionGroup var output: OutputOptions

        func run(_ client: APIClient, _ console: Console, environment: [String: String]) async throws(ClientError) {
            try await client.removePin(try PinName(argument: name))
        }
    }
}

extension Pin {
    /// Name, path, when it was given, and when it ends.
    fileprivate var line: String {
        "\(name)\t\(storePath)\t\(updatedAt)" + (expiresAt.map { "\tuntil \($0)" } ?? "") + "\n"
    }
}

extension PinName {
    /// Reads an argument.
    init(argument: String) throws(ClientError) {
        do throws(CacheError) { try self.init(argument) } catch {
            throw ClientError(.invalidArgument, error.message, cause: error)
        }
    }
}
