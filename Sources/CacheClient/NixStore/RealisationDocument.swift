internal import NarKit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What `nix realisation info --json` printed: an array of realisations, and of opaque paths where it was asked for those.
struct RealisationDocument {
    /// The realisations.
    var realisations: [Realisation] = []
    /// Whether each answer was a realisation.
    var isComplete = true

    /// Reads the text.
    ///
    /// - Parameter text: What was printed.
    /// - Throws: ``ClientError`` with the code `unsupportedNix` when it has another form.
    init(parsing text: [UInt8]) throws(ClientError) {
        do {
            for element in try JSONDecoder().decode([Element].self, from: Data(text)) {
                if let realisation = try element.realisation() {
                    realisations.append(realisation)
                } else {
                    isComplete = false
                }
            }
        } catch {
            throw ClientError(
                .unsupportedNix,
                "The answer of `nix realisation info --json` has a form that this version of niks3 does not know: "
                    + "update niks3, or report the version of your Nix.",
                cause: error)
        }
    }

    private struct Element: Decodable {
        var id: String?
        var outPath: String?
        var signatures: [Signature]?
        var dependentRealisations: [String: String]?

        func realisation() throws(NarKitError) -> Realisation? {
            guard let id, let outPath else { return nil }
            var dependencies: [String: StorePath] = [:]
            for (id, path) in dependentRealisations ?? [:] { dependencies[id] = try Self.storePath(path) }
            return Realisation(
                id: try Realisation.ID(parsing: id), outPath: try Self.storePath(outPath),
                signatures: signatures ?? [], dependentRealisations: dependencies)
        }

        /// Some versions print base names, others full paths.
        private static func storePath(_ text: String) throws(NarKitError) -> StorePath {
            try StorePath(baseName: text[(text.lastIndex(of: "/").map(text.index(after:)) ?? text.startIndex)...])
        }
    }
}
