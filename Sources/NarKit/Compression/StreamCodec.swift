/// What one step of a codec did.
struct CodecStep {
    /// Bytes of the input that are done with.
    var consumed = 0
    /// Bytes written to the output.
    var produced = 0
    /// Whether everything has been written, after the last input.
    var isFinished = false
}

/// A compressor or decompressor that works from one buffer into another.
protocol StreamCodec: AnyObject {
    /// Works on as much of the input as fits into the output.
    ///
    /// - Parameters:
    ///   - input: The next bytes, of which what is not consumed comes again.
    ///   - output: Where the result goes, not empty.
    ///   - isLast: Whether nothing follows this input.
    /// - Returns: What was done. When nothing was, more input is needed.
    /// - Throws: `NarKitError` for bytes that are corrupt, cut off or followed by others, and for limits exceeded.
    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep
}
