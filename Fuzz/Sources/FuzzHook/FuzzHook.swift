@testable import CacheClient
import FuzzDriver
import NarKit

/// The entry point.
@_cdecl("FuzzHook_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as what programs of ours hear from others on this machine: requests and replies of the hook, at once
/// and byte by byte, lines of the streaming protocol, what `nix` prints, and files of settings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHook(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    checkPieces(bytes)
    if let request = HookRequest(parsing: bytes) {
        precondition(HookRequest(parsing: request.serialized) == request, "a request is read as it was written")
        precondition(request.paths.allSatisfy { $0.utf8.count <= HookRequest.pathLimit })
    }
    if let reply = HookReply(parsing: bytes) {
        precondition(HookReply(parsing: reply.serialized) == reply, "a reply is read as it was written")
    }
    _ = StreamRequest(.text(bytes))
    _ = StreamRequest(.tooLong(bytes))
    _ = try? PathInfoDocument(parsing: bytes, storeDirectory: .standard)
    _ = try? RealisationDocument(parsing: bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    _ = try? SettingsDocument(parsing: text)
    _ = NetrcFile(parsing: text)
    return 0
}

/// An object ends where it ends, in whatever pieces it comes; and all that is one the scanner takes for one.
private func checkPieces(_ bytes: [UInt8]) {
    var whole = JSONObjectScanner()
    let outcome = whole.scan(bytes)
    var byByte = JSONObjectScanner()
    var last = JSONObjectScanner.Progress.incomplete
    var count = 0
    for byte in bytes where last == .incomplete {
        last = byByte.scan(CollectionOfOne(byte))
        count += 1
    }
    if case .complete = last { last = .complete(count) }
    precondition(last == outcome, "it does not matter in which pieces an object arrives")
}
