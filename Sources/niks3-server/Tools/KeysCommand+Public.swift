import ArgumentParser
import CacheServer
import NarKit

extension KeysCommand {
    /// `niks3-server keys public`.
    struct Public: ToolCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the public halves of secret keys, for trusted-public-keys in nix.conf.",
            discussion: "Without files those of NIKS3_SIGN_KEY_PATHS.")

        @Argument(help: "Files with one secret key each.")
        var files: [String] = []

        func output(in surroundings: ToolSurroundings) throws -> ToolOutput {
            let listed = surroundings.environment["NIKS3_SIGN_KEY_PATHS"] ?? ""
            let paths = files.isEmpty ? listed.split(separator: " ").map(String.init) : files
            guard !paths.isEmpty else { throw ConfigurationError("name the files of the secret keys") }
            let lines = try paths.map { path in
                guard let text = try SecretFile(path: path).contents() else {
                    throw ConfigurationError("\(path): there is no such file")
                }
                do {
                    return "\(try SecretKey(parsing: text).publicKey)\n"
                } catch {
                    throw ConfigurationError("\(path): \(error)")
                }
            }
            return ToolOutput(result: lines.joined())
        }
    }
}
