import CacheCore
import NarKit

/// A store path made up for a test, with all its objects.
final class TestPackage: Sendable {
    let name: String
    let hashPart: String
    let references: [TestPackage]
    let refersToItself: Bool
    let nar: [UInt8]
    let narHash: NixHash
    /// The declared size before compression; it need not be that of `nar`, which stands for the compressed bytes.
    let narSize: Int64
    let log: Bool
    let realisation: String?

    /// - Parameter content: what the NAR is made from; packages with the same content share it.
    init(
        _ name: String, _ references: [TestPackage] = [], content: String? = nil, narSize: Int64? = nil,
        refersToItself: Bool = false, log: Bool = false, realised: Bool = false
    ) {
        self.name = name
        self.references = references
        self.refersToItself = refersToItself
        self.log = log
        let digits = NixHash.sha256(of: Array(name.utf8)).nix32
        hashPart = String(digits.prefix(32))
        nar = Array("nar of \(content ?? name)".utf8)
        narHash = NixHash.sha256(of: nar)
        self.narSize = narSize ?? Int64(nar.count)
        realisation = realised ? "sha256:\(NixHash.sha256(of: Array("drv \(name)".utf8)).hex)!out" : nil
    }

    var storePath: String { "/nix/store/\(hashPart)-\(name)" }
    var key: String { "\(hashPart).narinfo" }
    var narKey: String { "nar/\(narHash.nix32).nar.zst" }
    var listingKey: String { "\(hashPart).ls" }
    var logKey: String { "log/\(hashPart)-\(name).drv" }
    var realisationKey: String? { realisation.map { "realisations/\($0).doi" } }

    /// Itself and all it reaches, each once.
    var closure: [TestPackage] {
        var found: [TestPackage] = []
        var seen: Set<String> = []
        func visit(_ package: TestPackage) {
            guard seen.insert(package.key).inserted else { return }
            package.references.forEach(visit)
            found.append(package)
        }
        visit(self)
        return found
    }

    var referenceKeys: [String] { references.map(\.key) + (refersToItself ? [key] : []) }

    /// The objects of the package alone.
    var objects: [UploadObject] {
        var refs = [narKey, listingKey] + referenceKeys
        var objects = [
            UploadObject(key: narKey, type: .nar, narSize: narSize), UploadObject(key: listingKey, type: .listing),
        ]
        if let realisationKey {
            refs.append(realisationKey)
            objects.append(UploadObject(key: realisationKey, type: .realisation))
        }
        if log { objects.append(UploadObject(key: logKey, type: .buildLog)) }
        return objects + [UploadObject(key: key, type: .narinfo, refs: refs)]
    }

    var narInfoFields: SignNarInfo {
        SignNarInfo(
            storePath: storePath, url: narKey, compression: "zstd", narHash: narHash.description,
            narSize: UInt64(narSize),
            references: (references.map(\.storePath) + (refersToItself ? [storePath] : [])).sorted())
    }

    /// The narinfo as an existing client writes it.
    func narInfoText(signatures: [String] = [], url: String? = nil) -> String {
        let names = (references + (refersToItself ? [self] : [])).map { "\($0.hashPart)-\($0.name)" }.sorted()
        var text = "StorePath: \(storePath)\nURL: \(url ?? narKey)\nCompression: zstd\n"
        text += "FileHash: \(NixHash.sha256(of: nar))\nFileSize: \(nar.count)\n"
        text += "NarHash: \(narHash)\nNarSize: \(narSize)\nReferences: \(names.joined(separator: " "))\n"
        for signature in signatures { text += "Sig: \(signature)\n" }
        return text
    }

    var realisationText: String? {
        realisation.map { id in
            #"{"dependentRealisations":{},"id":"\#(id)","outPath":"\#(hashPart)-\#(name)","signatures":[]}"#
        }
    }
}
