#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension Realisation {
    /// The largest file that is read unless the caller says otherwise, in bytes.
    public static let defaultMaximumByteCount = 1 << 20

    /// Reads the file of a realisation, which may come from anybody.
    ///
    /// All layouts are read: that of `realisations/`, the value alone as in `build-trace-v2/`, and `key` and `value`
    /// together. The store path may be a base name or a full path, signatures may be texts or objects.
    ///
    /// - Parameters:
    ///   - bytes: The JSON, uncompressed.
    ///   - id: Which realisation the file's place says it is. It must be given when the file does not say so itself.
    ///   - storeDirectory: The directory that full paths must lie in.
    ///   - maximumByteCount: The largest file to accept, in bytes.
    /// - Throws: ``NarKitError`` with the code `tooLarge` when it is larger; `invalidRealisation` when it is not such JSON,
    ///   a value does not parse, or it is another realisation than `id`.
    public init(
        parsing bytes: some Collection<UInt8>, id: ID? = nil, storeDirectory: StoreDirectory = .standard,
        maximumByteCount: Int = defaultMaximumByteCount
    ) throws(NarKitError) {
        guard bytes.count <= maximumByteCount else {
            throw NarKitError(
                .tooLarge,
                "A realisation has \(bytes.count) bytes, but at most \(maximumByteCount) are read: check that it is one."
            )
        }
        do {
            let file = try JSONDecoder().decode(RealisationFile.self, from: Data(bytes))
            try self.init(file, id: id, storeDirectory: storeDirectory)
        } catch let error as NarKitError {
            guard error.code != .invalidRealisation else { throw error }
            throw NarKitError(
                .invalidRealisation, "\(Self.subject(id)) is refused: \(error.message)", cause: error)
        } catch {
            throw NarKitError(
                .invalidRealisation,
                "\(Self.subject(id)) is refused: it must be a JSON object with an outPath, as Nix writes it.",
                cause: error)
        }
    }

    private init(_ file: RealisationFile, id: ID?, storeDirectory: StoreDirectory) throws(NarKitError) {
        guard let known = try file.id(storeDirectory: storeDirectory) ?? id else {
            throw NarKitError(
                .invalidRealisation,
                "A realisation does not say which derivation it is of: read it together with its place in the cache.")
        }
        if let id, id != known {
            throw NarKitError(
                .invalidRealisation, "\(Self.subject(id)) is refused: the file is that of \(known).")
        }
        guard let outPath = file.value?.outPath ?? file.outPath else {
            throw NarKitError(.invalidRealisation, "\(Self.subject(known)) is refused: it must have an outPath.")
        }
        var dependencies: [String: StorePath] = [:]
        for (text, path) in file.dependentRealisations ?? [:] {
            dependencies[try ID(parsing: text).description] = try StorePath(path, storeDirectory: storeDirectory)
        }
        self.init(
            id: known, outPath: try StorePath(outPath, storeDirectory: storeDirectory),
            signatures: (file.value?.signatures ?? file.signatures ?? []).sortedWithoutDuplicates(),
            dependentRealisations: dependencies)
    }

    private static func subject(_ id: ID?) -> String {
        id.map { "The realisation \($0)" } ?? "A realisation"
    }
}

/// The members of all layouts.
private struct RealisationFile: Decodable {
    struct Key: Decodable {
        var drvPath: String
        var outputName: String
    }

    struct Value: Decodable {
        var outPath: String
        var signatures: [Signature]?
    }

    var id: String?
    var key: Key?
    var value: Value?
    var outPath: String?
    var signatures: [Signature]?
    var dependentRealisations: [String: String]?

    func id(storeDirectory: StoreDirectory) throws(NarKitError) -> Realisation.ID? {
        if let id { return try Realisation.ID(parsing: id) }
        guard let key else { return nil }
        let path = try StorePath(key.drvPath, storeDirectory: storeDirectory)
        return try Realisation.ID(derivation: .path(path), outputName: key.outputName)
    }
}

extension StorePath {
    /// Reads a base name or a full path.
    fileprivate init(_ text: String, storeDirectory: StoreDirectory) throws(NarKitError) {
        if text.utf8.first == UInt8(ascii: "/") {
            try self.init(parsing: text, in: storeDirectory)
        } else {
            try self.init(baseName: text)
        }
    }
}
