import ArgumentParser
import CacheCore
import CacheServer

extension TokensCommand {
    /// `niks3-server tokens list`.
    struct List: ToolCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the tokens: everything but the tokens themselves.")

        @Flag(help: "Print them as the file has them.")
        var json = false

        @OptionGroup var options: TokensOptions

        func output(in surroundings: ToolSurroundings) throws -> ToolOutput {
            let file = try TokenFile(options, surroundings)
            guard let list = try file.read() else {
                throw ConfigurationError(
                    "--tokens-path \(file.path): there is no such file; make it with: niks3-server tokens add")
            }
            if json { return ToolOutput(result: String(decoding: try list.serialized(), as: UTF8.self)) }
            let rows = list.records.map { row(of: $0, now: surroundings.now) }
            return ToolOutput(result: rows.isEmpty ? "" : Self.table([["NAME", "SCOPES", "MADE", "STATE"]] + rows))
        }

        private func row(of record: TokenRecord, now: Timestamp) -> [String] {
            let state: String
            if let instant = record.revokedAt {
                state = "revoked \(instant)"
            } else if let end = record.expiresAt {
                state = end <= now ? "expired \(end)" : "until \(end)"
            } else {
                state = "valid"
            }
            return [record.name, record.scopes.joined(separator: ","), "\(record.createdAt)", state]
        }

        private static func table(_ rows: [[String]]) -> String {
            let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }.joined() + row[3] + "\n"
            }.joined()
        }
    }
}
