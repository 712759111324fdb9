import FuzzDriver
import NarKit

/// The entry point.
@_cdecl("FuzzText_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as each of Nix's short texts: hashes, store paths, content addresses, keys, signatures, cache infos and
/// realisations. What is accepted must be the same after it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    stays(text, { try NixHash(parsing: $0) }, \.description)
    for algorithm in HashAlgorithm.allCases {
        stays(text, { try NixHash(parsing: $0, algorithm: algorithm) }, \.description)
    }
    stays(text, { try StorePath(parsing: $0) }) { $0.path(in: .standard) }
    stays(text, { try ContentAddress(parsing: $0) }, \.description)
    stays(text, { try PublicKey(parsing: $0) }, \.description)
    stays(text, { try SecretKey(parsing: $0) }, \.serialized)
    stays(text, { try Signature(parsing: $0) }, \.description)
    stays(text, { try CacheInfo(parsing: $0) }) { $0.serialized() }
    stays(text, { try Realisation.ID(parsing: $0) }, \.description)
    _ = try? TrustedKeys(parsing: text)
    _ = try? Realisation(parsing: bytes)
    return 0
}

private func stays<Value>(
    _ text: String, _ read: (String) throws -> Value, _ write: (Value) -> String
) {
    guard let value = try? read(text) else { return }
    let written = write(value)
    let again = try? read(written)
    precondition(again.map(write) == written, "\(Value.self) is read as it was written")
}
