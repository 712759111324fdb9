#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension NarSource {
    /// Dumps the archive on the calling thread. Blocks: not for tasks on Swift's cooperative pool.
    ///
    /// - Parameter body: Takes each chunk; the bytes are valid during the call only.
    /// - Returns: Size, hash and listing of what was dumped.
    /// - Throws: ``NarKitError`` naming the file that could not be read, or what `body` throws.
    @discardableResult
    public func write(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> NarSummary {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: options.chunkSize, alignment: 64)
        defer { chunk.deallocate() }
        return try NarPipeline.run(self) { encoder in
            while true {
                let count = try encoder.fill(chunk)
                if count > 0 { try body(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
                if count < chunk.count { return }
            }
        }
    }

    /// Dumps the archive into a file, pipe or socket. Blocks: not for tasks on Swift's cooperative pool.
    ///
    /// - Parameter descriptor: An open file descriptor, which stays open.
    /// - Returns: Size, hash and listing of what was dumped.
    /// - Throws: ``NarKitError`` naming the file that could not be read, or saying that writing failed.
    @discardableResult
    public func write(toFileDescriptor descriptor: Int32) throws -> NarSummary {
        try write { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let written = retryingInterrupts { Self.writeSome(descriptor, rest) }
                guard written >= 0 else { throw NarKitError.system("write", Array("the archive".utf8), errno: errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }

    private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
