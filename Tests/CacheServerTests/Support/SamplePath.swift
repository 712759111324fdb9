import CacheCore
import NarKit

/// A store path with all its files, as a client would push them.
struct SamplePath: Sendable {
    let name: String
    let nar: [UInt8]
    let references: [SamplePath]

    init(_ name: String, references: [SamplePath] = [], nar: [UInt8]? = nil) {
        self.name = name
        self.references = references
        self.nar = nar ?? Array("the NAR of \(name)".utf8)
    }

    var narHash: NixHash { NixHash.sha256(of: nar) }
    var baseName: String { hashPart + "-" + name }
    var narInfoKey: String { hashPart + ".narinfo" }
    var narKey: String { "nar/\(narHash.nix32).nar" }
    var listingKey: String { hashPart + ".ls" }

    /// Any 32 digits will do.
    private var hashPart: String { String(NixHash.sha256(of: name.utf8).nix32.prefix(32)) }

    /// What a create request lists for the path itself.
    var objects: [UploadObject] {
        [
            UploadObject(
                key: narInfoKey, type: .narinfo, refs: [narKey, listingKey] + references.map(\.narInfoKey)),
            UploadObject(key: narKey, type: .nar, narSize: Int64(nar.count)),
            UploadObject(key: listingKey, type: .listing),
        ]
    }

    var closure: [UploadObject] { references.flatMap(\.closure) + objects }

    var signing: SignNarInfo {
        SignNarInfo(
            storePath: "/nix/store/" + baseName, url: narKey, compression: "none", narHash: narHash.description,
            narSize: UInt64(nar.count), references: references.map { "/nix/store/" + $0.baseName })
    }

    /// The narinfo without signatures.
    var narInfo: String {
        """
        StorePath: /nix/store/\(baseName)
        URL: \(narKey)
        Compression: none
        NarHash: \(narHash)
        NarSize: \(nar.count)
        References: \(references.map(\.baseName).joined(separator: " "))

        """
    }
}
