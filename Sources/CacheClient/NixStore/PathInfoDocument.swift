internal import NarKit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What `nix path-info --json` printed, in any of its forms:
///
/// * an array of objects that carry their `path` (Nix before 2.19, and Lix),
/// * an object keyed by path, with `null` for a missing one,
/// * the same with a `version`, base names and a `storeDir`, in each object or once around them all.
struct PathInfoDocument {
    /// The paths that are valid.
    var infos: [PathInfo] = []
    /// The paths that are not.
    var missing: [String] = []

    /// Reads the text.
    ///
    /// - Parameters:
    ///   - text: What was printed.
    ///   - storeDirectory: Where paths must lie.
    /// - Throws: ``ClientError`` with the code `unsupportedNix` for a form, version or value that is not known.
    init(parsing text: [UInt8], storeDirectory: StoreDirectory) throws(ClientError) {
        let decoded: DecodedDocument
        do {
            decoded = try JSONDecoder().decode(DecodedDocument.self, from: Data(text))
        } catch let error as ClientError {
            throw error
        } catch let error as NarKitError {
            throw Self.unreadable(error.message, cause: error)
        } catch {
            throw Self.unreadable("It has a form that this version of niks3 does not know.", cause: error)
        }
        infos.reserveCapacity(decoded.entries.count)
        for entry in decoded.entries {
            let directory = entry.object?.storeDir ?? decoded.storeDir ?? storeDirectory.path
            guard directory == storeDirectory.path else {
                throw ClientError(
                    .unsupportedNix,
                    "`nix path-info` speaks of the store \(directory), but \(storeDirectory.path) was expected: set "
                        + "NIX_STORE_DIR to the store that holds the paths.")
            }
            guard let object = entry.object, object.valid != false else {
                missing.append(entry.path)
                continue
            }
            do throws(NarKitError) {
                infos.append(try object.pathInfo(of: entry.path, in: storeDirectory))
            } catch {
                throw Self.unreadable(error.message, cause: error)
            }
        }
    }

    private static func unreadable(_ reason: String, cause: any Error) -> ClientError {
        ClientError(
            .unsupportedNix,
            "The answer of `nix path-info --json` cannot be read: \(reason) Update niks3, or report it.",
            cause: cause)
    }
}

/// The versions of the JSON form that are known; a text without one is of version 1.
private let knownVersions = 1...3

private func check(version: Int?) throws(ClientError) {
    guard let version, !knownVersions.contains(version) else { return }
    throw ClientError(
        .unsupportedNix,
        "Your Nix prints path information in version \(version) of its JSON form, and this version of niks3 knows "
            + "\(knownVersions.lowerBound) to \(knownVersions.upperBound): update niks3.")
}

private struct DecodedDocument: Decodable {
    struct Entry {
        var path: String
        var object: DecodedPathInfo?
    }

    var storeDir: String?
    var entries: [Entry] = []

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd {
                let object = try list.decode(DecodedPathInfo.self)
                guard let path = object.path else {
                    throw DecodingError.dataCorruptedError(in: list, debugDescription: "an object has no path")
                }
                entries.append(Entry(path: path, object: object))
            }
            return
        }
        var map = try decoder.container(keyedBy: TextKey.self)
        if map.contains(.version) {
            try check(version: try map.decode(Int.self, forKey: .version))
            storeDir = try map.decodeIfPresent(String.self, forKey: .storeDir)
            map = try map.nestedContainer(keyedBy: TextKey.self, forKey: .info)
        }
        for key in map.allKeys {
            entries.append(
                Entry(path: key.stringValue, object: try map.decodeIfPresent(DecodedPathInfo.self, forKey: key)))
        }
    }
}

private struct DecodedPathInfo: Decodable {
    var path: String?
    var valid: Bool?
    var storeDir: String?
    var narHash: NixHash?
    var narSize: UInt64?
    var references: [String]?
    var deriver: String?
    var signatures: [LenientSignature]?
    var ca: ContentAddress?

    private enum CodingKeys: CodingKey {
        case path, valid, version, storeDir, narHash, narSize, references, deriver, signatures, ca
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try check(version: try container.decodeIfPresent(Int.self, forKey: .version))
        path = try container.decodeIfPresent(String.self, forKey: .path)
        valid = try container.decodeIfPresent(Bool.self, forKey: .valid)
        storeDir = try container.decodeIfPresent(String.self, forKey: .storeDir)
        narHash = try container.decodeIfPresent(NixHash.self, forKey: .narHash)
        narSize = try container.decodeIfPresent(UInt64.self, forKey: .narSize)
        references = try container.decodeIfPresent([String].self, forKey: .references)
        deriver = try container.decodeIfPresent(String.self, forKey: .deriver)
        signatures = try container.decodeIfPresent([LenientSignature].self, forKey: .signatures)
        ca = try container.decodeIfPresent(ContentAddress.self, forKey: .ca)
    }

    func pathInfo(of key: String, in directory: StoreDirectory) throws(NarKitError) -> PathInfo {
        func storePath(_ text: String) throws(NarKitError) -> StorePath {
            try text.utf8.first == UInt8(ascii: "/")
                ? StorePath(parsing: text, in: directory) : StorePath(baseName: text)
        }
        guard let narHash, let narSize else {
            throw NarKitError(.unsupported, "\(key) has no narHash or no narSize.")
        }
        var paths: [StorePath] = []
        for reference in references ?? [] { paths.append(try storePath(reference)) }
        var deriverPath: StorePath?
        if let deriver, !deriver.isEmpty, deriver != "unknown-deriver" { deriverPath = try storePath(deriver) }
        return PathInfo(
            storePath: try storePath(key), narHash: narHash, narSize: narSize, references: paths, deriver: deriverPath,
            signatures: (signatures ?? []).compactMap(\.signature), contentAddress: ca)
    }
}

/// A signature, or nothing where it is malformed: such a one proves nothing, and is no reason not to push the path.
private struct LenientSignature: Decodable {
    var signature: Signature?

    init(from decoder: any Decoder) { signature = try? Signature(from: decoder) }
}

private struct TextKey: CodingKey {
    static let version = TextKey(text: "version")
    static let storeDir = TextKey(text: "storeDir")
    static let info = TextKey(text: "info")

    let stringValue: String
    var intValue: Int? { nil }

    private init(text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
