public import NarKit

/// A narinfo as the server writes it: plain text without FileHash and FileSize, which depend on who compressed the NAR.
public struct NarInfoText: Sendable {
    /// The narinfo.
    public private(set) var narInfo: NarInfo

    /// Takes over a staged narinfo.
    /// - Parameters:
    ///   - staged: what a client put, compressed with zstd or not.
    ///   - key: the key it is to be published under.
    ///   - storeDirectory: the store whose paths it names.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    public init(staged: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory) throws(CacheError) {
        let bytes = try StagedText.decoded(staged, key: key)
        do {
            narInfo = try NarInfo(parsing: bytes, storeDirectory: storeDirectory)
        } catch {
            throw CacheError(.invalidRequest, "The narinfo uploaded for \(key) cannot be used: \(error.message)")
        }
        try finish(key)
    }

    /// Makes the narinfo of a sign request.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    public init(_ fields: SignNarInfo, key: ObjectKey, storeDirectory: StoreDirectory) throws(CacheError) {
        do throws(NarKitError) {
            var references: [StorePath] = []
            for reference in fields.references {
                references.append(try StorePath(parsing: reference, in: storeDirectory))
            }
            var signatures: [Signature] = []
            for signature in fields.signatures ?? [] { signatures.append(try Signature(parsing: signature)) }
            var deriver: StorePath?
            if let path = fields.deriver, !path.isEmpty {
                deriver =
                    path.hasPrefix("/")
                    ? try StorePath(parsing: path, in: storeDirectory) : try StorePath(baseName: path)
            }
            var contentAddress: ContentAddress?
            if let text = fields.ca, !text.isEmpty { contentAddress = try ContentAddress(parsing: text) }
            narInfo = NarInfo(
                storePath: try StorePath(parsing: fields.storePath, in: storeDirectory), storeDirectory: storeDirectory,
                url: fields.url, compression: fields.compression, narHash: try NixHash(parsing: fields.narHash),
                narSize: fields.narSize, references: references, deriver: deriver, signatures: signatures,
                contentAddress: contentAddress)
            try narInfo.validate()
        } catch {
            throw CacheError(.invalidRequest, "The narinfo \(key) cannot be signed: \(error.message)")
        }
        try finish(key)
    }

    /// Takes over a narinfo that lies in the bucket.
    /// - Throws: ``CacheError`` of code `invalidRequest` that names the key.
    init(_ narInfo: NarInfo, key: ObjectKey) throws(CacheError) {
        self.narInfo = narInfo
        try finish(key)
    }

    private mutating func finish(_ key: ObjectKey) throws(CacheError) {
        guard ObjectKey.narinfo(hashPart: narInfo.storePath.hashPart) == key.text else {
            throw CacheError(
                .invalidRequest,
                "The narinfo \(key) names the store path \(narInfo.storePath), which belongs under another key.")
        }
        guard ObjectKey(validating: narInfo.url)?.type == .nar else {
            throw CacheError(
                .invalidRequest,
                "The narinfo \(key) names the URL '\(narInfo.url.prefix(200))', which is no NAR's key: nar/<hash>.nar…."
            )
        }
        narInfo.fileHash = nil
        narInfo.fileSize = nil
    }

    /// Adds signatures it does not have yet.
    public mutating func add(_ signatures: [Signature]) {
        for signature in signatures where !narInfo.signatures.contains(signature) {
            narInfo.signatures.append(signature)
        }
    }

    /// The text as it is kept until it is published.
    /// - Parameters:
    ///   - object: the object it is for.
    ///   - isStaged: whether it was read from staging.
    public func objectText(for object: ObjectID, isStaged: Bool = false) -> ObjectText {
        var refs = narInfo.references.map { ObjectKey.narinfo(hashPart: $0.hashPart) }
        refs.append(narInfo.url)
        return ObjectText(
            object: object, bytes: [UInt8](narInfo.serialized().utf8), refs: refs, narKey: narInfo.url,
            isStaged: isStaged)
    }
}
