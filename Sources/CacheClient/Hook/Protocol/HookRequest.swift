#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What the post-build hook asks for: `{"paths":["/nix/store/…"]}`.
struct HookRequest: Equatable, Sendable {
    /// The store paths to push, as Nix printed them.
    var paths: [String]

    /// The largest request, in bytes. Nix passes paths in a variable, of which Linux takes 128 KiB.
    static let sizeLimit = 1 << 20
    /// The longest path, in bytes: PATH_MAX.
    static let pathLimit = 4096

    init(paths: [String]) { self.paths = paths }

    /// Reads the JSON object.
    ///
    /// - Parameter bytes: All of it.
    /// - Returns: Nil for anything that is no request.
    init?(parsing bytes: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else { return nil }
        paths = fields.paths ?? []
        guard paths.allSatisfy({ (1...Self.pathLimit).contains($0.utf8.count) && !$0.utf8.contains(0) }) else {
            return nil
        }
    }

    /// The JSON object in one line.
    var serialized: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Texts can always be encoded.
        let json = (try? encoder.encode(Fields(paths: paths))) ?? Data()
        return Array(json) + [UInt8(ascii: "\n")]
    }

    private struct Fields: Codable {
        var paths: [String]?
    }
}
