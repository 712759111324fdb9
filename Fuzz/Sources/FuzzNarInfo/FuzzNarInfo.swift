import FuzzDriver
import NarKit

/// The entry point.
@_cdecl("FuzzNarInfo_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    runFuzzer(count, arguments)
}

/// Reads the input as a narinfo; one that is accepted must be the same after it was written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNarInfo(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let info = try? NarInfo(parsing: bytes) {
        let written = info.serialized()
        let again = try? NarInfo(parsing: Array(written.utf8))
        precondition(again?.serialized() == written, "a narinfo is read as it was written")
        precondition(again?.fingerprint == info.fingerprint, "writing does not change what is signed")
    }
    return 0
}
