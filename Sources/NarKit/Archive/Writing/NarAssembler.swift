#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Puts the archive together: copies the walker's framing and reads the files straight into the caller's buffer.
struct NarAssembler: ~Copyable {
    private let input: BoundedQueue<FileBatch>
    private var batch = FileBatch()
    /// How much of the batch's framing has been copied.
    private var copied = 0
    /// How much of the current file has been read.
    private var read: UInt64 = 0
    private var isAtEnd = false

    init(input: BoundedQueue<FileBatch>) {
        self.input = input
    }

    /// Fills a buffer with the next bytes of the archive.
    ///
    /// - Parameter output: Where they go.
    /// - Returns: How many there are; fewer than fit only at the end of the archive.
    mutating func fill(_ output: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < output.count, !isAtEnd {
            let room = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
            let file = batch.currentFile
            let framingEnd = file?.framingEnd ?? batch.framing.count
            if copied < framingEnd {
                let count = min(room.count, framingEnd - copied)
                batch.framing.withUnsafeBytes { framing in
                    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: framing[copied..<copied + count]))
                }
                copied += count
                filled += count
            } else if let file {
                filled += try readSome(of: file, into: room)
            } else if let next = try input.pop() {
                batch = next
                copied = 0
            } else {
                isAtEnd = true
            }
        }
        return filled
    }

    /// Reads from the current file, and goes on to the next at its end.
    ///
    /// Asks for one byte more than the file is said to have, so that a file which grew is noticed.
    private mutating func readSome(of file: FileBatch.File, into room: UnsafeMutableRawBufferPointer) throws -> Int {
        let rest = file.size - read
        let asked = Int(min(UInt64(room.count), rest + 1))
        let count = retryingInterrupts { systemRead(file.descriptor, room.baseAddress, asked) }
        guard count >= 0 else { throw NarKitError.system("read", batch.currentPath, errno: errno) }
        guard count > 0, UInt64(count) <= rest else { throw changed() }
        read += UInt64(count)
        guard read == file.size else { return count }
        if UInt64(asked) <= rest {
            // There was no room to ask for more than the file's size.
            var status = stat()
            guard fstat(file.descriptor, &status) == 0, UInt64(status.st_size) == file.size else { throw changed() }
        }
        batch.finishCurrentFile()
        read = 0
        return count
    }

    private func changed() -> NarKitError {
        NarKitError(
            .fileChanged,
            "\(quoted(batch.currentPath, limit: 4096)) changed its size while it was read; try again when nothing "
                + "writes to it.")
    }
}

@inline(__always)
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
