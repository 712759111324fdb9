import NarKit

/// A closure of one path without references, whose NAR nobody looks into.
struct SampleClosure: Sendable {
    let narSize: Int64
    /// Any 32 digits will do.
    let hashPart = String(repeating: "0", count: 32)

    var narInfoKey: String { hashPart + ".narinfo" }
    var narHash: String { NixHash.sha256(of: "\(narSize)".utf8).nix32 }
    var narKey: String { "nar/\(narHash).nar.zst" }

    /// The body of `POST /api/pending_closures`.
    var createRequest: String {
        """
        {"closure":"\(narInfoKey)","objects":[
        {"key":"\(narInfoKey)","type":"narinfo","refs":["\(narKey)"]},
        {"key":"\(narKey)","type":"nar","refs":[],"nar_size":\(narSize)}]}
        """
    }

    /// The body of the sign request that has the server publish.
    func signRequest(storeDirectory: String) -> String {
        """
        {"publish":true,"narinfos":{"\(narInfoKey)":{"store_path":"\(storeDirectory)/\(hashPart)-sample",
        "url":"\(narKey)","compression":"zstd","nar_hash":"sha256:\(narHash)","nar_size":\(narSize),"references":[]}}}
        """
    }
}
