public import NarKit

/// A narinfo of another cache, as that cache sent it.
public struct PulledNarInfo: Sendable {
    /// The key it belongs under.
    public let key: ObjectKey
    /// The narinfo.
    public let narInfo: NarInfo
    /// The text, byte for byte, without a content coding.
    public let bytes: [UInt8]
    /// What is needed to store it with its NAR; nil for one that only can be passed on.
    let stored: StoredNarInfo?

    /// Reads a narinfo. Who signed it is not looked at.
    /// - Parameters:
    ///   - bytes: the text, compressed with zstd or not.
    ///   - key: the key it was asked for under.
    ///   - storeDirectory: the store directory of the paths in this cache.
    /// - Throws: ``CacheError`` of code `invalidRequest` whose message says what is wrong with it.
    public init(_ bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory) throws(CacheError) {
        self.key = key
        self.bytes = try StagedText.decoded(bytes, key: key)
        do throws(NarKitError) {
            narInfo = try NarInfo(
                parsing: self.bytes, storeDirectory: storeDirectory,
                maximumByteCount: Int(UploadSettings.maximumTextSize))
        } catch {
            throw CacheError(.invalidRequest, error.message)
        }
        guard ObjectKey.narinfo(hashPart: narInfo.storePath.hashPart) == key.text else {
            throw CacheError(
                .invalidRequest, "It names the store path \(narInfo.storePath), which belongs under another key.")
        }
        let stored = try? StoredNarInfo(self.bytes, key: key, storeDirectory: storeDirectory)
        // Only where the name of a NAR says what is in it, it does not matter who has written it.
        let named = (narInfo.fileHash ?? narInfo.narHash).nix32
        self.stored = stored?.narKey.text.dropFirst("nar/".count).hasPrefix(named) == true ? stored : nil
    }

    /// Whether it can be stored with its NAR, and not only be passed on.
    public var isStorable: Bool { stored != nil }

    /// What is claimed for it: itself and its NAR, sorted.
    func claims(_ stored: StoredNarInfo) -> [NewClaim] {
        [
            NewClaim(key: key, refs: stored.keys),
            NewClaim(key: stored.narKey, narSize: Int64(clamping: narInfo.narSize)),
        ].sorted { $0.key < $1.key }
    }
}
