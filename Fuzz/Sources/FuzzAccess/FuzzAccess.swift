import CacheCore
@testable import CacheServer
import CurlKit
import FuzzDriver

/// The entry point.
@_cdecl("FuzzAccess_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as what says who may do what: the configuration of identity providers, the file of tokens, a token, a
/// pattern; and as the trace that a request belongs to.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAccess(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    if let configuration = try? OIDCConfiguration(parsing: bytes, from: "file") {
        precondition(!configuration.providers.isEmpty, "somebody is named")
        precondition(configuration.providers.allSatisfy { !$0.issuer.isEmpty && !$0.audience.isEmpty })
    }
    _ = try? TokenList(parsing: bytes, from: "file")
    if let token = try? SignedToken(text) { precondition(SignedToken.hasForm(text) && !token.signature.isEmpty) }
    if let glob = try? Glob(text) { _ = glob.matches(text) }
    if let trace = TraceContext(text) {
        precondition(TraceContext(trace.text) == trace, "a trace is read as it was written")
    }
    return 0
}
