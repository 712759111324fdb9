import ClientOptions
import ProgramKit

/// Brings arguments into the spelling that the parser knows.
enum ArgumentSpelling {
    /// Flags that take no value.
    static let switches: Set<String> = TransferOptions.switches.union([
        "debug", "no-progress", "stdin", "dry-run", "json", "deep", "force", "names-only", "derivations",
    ])

    /// Rewrites arguments up to `--`.
    ///
    /// - Throws: `UsageError` for a flag with a value other than true and false.
    static func normalized(_ arguments: [String]) throws(UsageError) -> [String] {
        try ArgumentNormalizer(switches: switches).normalize(arguments)
    }
}
