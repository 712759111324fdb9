import CacheCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is written to a signing program, one line for each request.
struct SigningRequest: APIMessage {
    let id: Int
    /// The bytes of the fingerprints in base 64, by narinfo key.
    let fingerprints: [String: String]

    init(id: Int, fingerprints: some Sequence<(key: String, value: String)>) {
        self.id = id
        self.fingerprints = Dictionary(
            fingerprints.map { ($0.key, Data($0.value.utf8).base64EncodedString()) }, uniquingKeysWith: { $1 })
    }

    var line: [UInt8] {
        get throws(CacheError) { try encoded() + [0x0A] }
    }
}

/// What it answers: signatures, or what went wrong.
struct SigningReply: APIMessage, Hashable {
    let id: Int
    /// `name:base64` by narinfo key.
    let signatures: [String: String]?
    let error: String?
}
