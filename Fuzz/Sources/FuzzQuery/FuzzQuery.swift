import FuzzDriver
@testable import S3Kit

/// The entry point.
@_cdecl("FuzzQuery_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as the query of a presigned URL, and as something with escapes: what was decoded must be the same after
/// it was encoded.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQuery(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let query = try? PresignedQuery(parsing: text) {
        precondition(query.signature.count == 32)
        precondition((1...604_800).contains(query.lifetime))
        precondition(!query.signedPairs.contains { $0.0 == "X-Amz-Signature" }, "a signature does not sign itself")
        precondition(!query.parameters.keys.contains { $0.hasPrefix("X-Amz-") })
    }
    if let decoded = S3PercentEncoding.decode(text) {
        precondition(S3PercentEncoding.decode(S3PercentEncoding.encode(decoded)) == decoded)
        precondition(S3PercentEncoding.decode(S3PercentEncoding.encodePath(decoded)) == decoded)
    }
    _ = ProfileFile(parsing: text, kind: .credentials)
    _ = ProfileFile(parsing: text, kind: .config)
    return 0
}
