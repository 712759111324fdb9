import NarKit

/// A narinfo as it lies in the bucket, which may get more signatures.
struct SignableNarInfo: Sendable {
    let narInfo: NarInfo
    /// The plain text.
    let text: [UInt8]

    /// - Throws: ``CacheError`` of code `invalidRequest` whose message says what is wrong with it.
    init(_ bytes: [UInt8], key: ObjectKey, storeDirectory: StoreDirectory) throws(CacheError) {
        text = try StagedText.decoded(bytes, key: key)
        narInfo = try StoredNarInfo(text, key: key, storeDirectory: storeDirectory).narInfo
    }

    /// Whether each of some keys has signed it.
    func isSigned(byAll keys: [PublicKey]) -> Bool {
        let fingerprint = narInfo.fingerprint
        return keys.allSatisfy { key in
            narInfo.signatures.contains { key.verifies($0, of: fingerprint) }
        }
    }

    /// The text with more signatures. What is not as this server would write it stays to the byte, and gets more lines.
    func adding(_ signatures: [Signature]) -> [UInt8] {
        let new = signatures.filter { !narInfo.signatures.contains($0) }
        guard [UInt8](narInfo.serialized().utf8) == text else {
            return text + new.flatMap { Array("Sig: \($0)\n".utf8) }
        }
        var signed = narInfo
        signed.signatures += new
        return [UInt8](signed.serialized().utf8)
    }
}
