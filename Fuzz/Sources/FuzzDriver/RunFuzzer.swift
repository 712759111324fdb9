/// libFuzzer's own `main`, told which function it calls.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// What a fuzz target does with an input.
@_silgen_name("LLVMFuzzerTestOneInput")
private func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt

/// Fuzzes the program's target with the options on the command line.
///
/// SwiftPM on Linux makes `NAME_main` the entry point of an executable, so that libFuzzer's `main` would never run: each
/// target has a function of that name, which calls this.
///
/// - Parameters:
///   - count: How many arguments there are.
///   - arguments: The arguments of the program.
/// - Returns: The exit status.
public func runFuzzer(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
