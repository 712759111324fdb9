import ArgumentParser
import CacheServer
import NarKit

extension KeysCommand {
    /// `niks3-server keys generate`.
    struct Generate: ToolCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a secret key, in the form that Nix has.",
            discussion: """
                With --sign-key-path the key is written to that file, which only its owner can read, and the public \
                half is printed; without it the secret key itself is printed.
                """)

        @Argument(help: "The name of the key, usually the cache's host and a number: cache.example.org-1.")
        var name: String

        @Option(help: ArgumentHelp("Where to write the key. A file that is there is left alone.", valueName: "file"))
        var signKeyPath: String?

        func output(in surroundings: ToolSurroundings) throws -> ToolOutput {
            let key = try SecretKey.generate(name: name)
            guard let signKeyPath else { return ToolOutput(result: key.serialized + "\n") }
            let file = SecretFile(path: signKeyPath)
            guard try file.contents() == nil else {
                throw ConfigurationError("\(signKeyPath) is there already; choose another file, or move that one away")
            }
            _ = try file.contents { key.serialized }
            return ToolOutput(result: "\(key.publicKey)\n")
        }
    }
}
