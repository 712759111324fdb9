/// Copies: the codec of what is not compressed.
final class IdentityCodec: StreamCodec {
    func process(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) throws(NarKitError) -> CodecStep {
        let count = min(input.count, output.count)
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
        return CodecStep(consumed: count, produced: count, isFinished: isLast && count == input.count)
    }
}
