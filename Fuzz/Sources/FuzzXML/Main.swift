/// libFuzzer's own `main`, less the declaration of the function that it calls.
@_silgen_name("LLVMFuzzerRunDriver")
private func run(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The entry point, by the name that SwiftPM gives to those of executables on Linux.
@_cdecl("FuzzXML_main")
public func main(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    var count = count
    var arguments = arguments
    return run(&count, &arguments) { fuzzXML($0, $1) }
}
