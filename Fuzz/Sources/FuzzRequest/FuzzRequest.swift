import CacheCore
@testable import CacheServer
import FuzzDriver

/// The entry point.
@_cdecl("FuzzRequest_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as each part of a request that the server reads itself: its target and the fields Range, If-None-Match,
/// If-Modified-Since and Accept-Encoding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequest(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    if let target = RequestTarget(text) {
        if let key = target.key() {
            precondition(
                !key.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0 == "" })
            precondition(key.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
        _ = target.parameter("older-than")
    }
    switch ByteRange(header: text) {
    case .from(let first, let last)?: precondition(first >= 0 && last.map { $0 >= first } ?? true)
    case .last(let count)?: precondition(count >= 0)
    case nil: break
    }
    if let tag = EntityTag(single: text) {
        precondition(tag.isListed(in: tag.description), "a tag matches itself")
        precondition(EntityTag(single: tag.description) == tag, "a tag is read as it was written")
    }
    if let date = HTTPDate(text) {
        precondition(HTTPDate(date.description) == date, "a date is read as it was written")
    }
    _ = AcceptedEncodings(text).allows("zstd")
    return 0
}
