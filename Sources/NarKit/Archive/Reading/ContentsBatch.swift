#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Contents of files that have been created, on their way from the thread that creates to the one that writes.
///
/// - Note: `@unchecked Sendable` because one thread owns it at a time: it is filled and then handed over.
final class ContentsBatch: @unchecked Sendable {
    /// What goes into one file.
    private struct Piece {
        let descriptor: Int32
        /// The end of the piece in `contents`; it starts where the previous one ends.
        var contentsEnd: Int
        /// Whether nothing follows: the descriptor belongs to the batch, to be closed.
        var isLast = false
        /// The end of the file's path in `paths`; it starts where the previous one ends.
        let pathEnd: Int
    }

    private static let maximumFiles = 16
    private static let maximumBytes = 256 << 10

    private var pieces: [Piece] = []
    private var contents: [UInt8] = []
    private var paths: [UInt8] = []
    /// The first piece that has not been written.
    private var current = 0

    init() {
        contents.reserveCapacity(Self.maximumBytes)
    }

    deinit {
        for piece in pieces[current...] where piece.isLast { systemClose(piece.descriptor) }
    }

    /// How many bytes still fit.
    var room: Int { Self.maximumBytes - contents.count }

    var isFull: Bool { room == 0 || pieces.count >= Self.maximumFiles }

    /// Adds contents of a file.
    ///
    /// - Parameters:
    ///   - bytes: At most as many as fit.
    ///   - descriptor: The open file, which stays open until the batch that closes it was written.
    ///   - directory: The path of the directory that the file lies in.
    ///   - name: The name of the file; empty for a root.
    func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, directory: [UInt8], name: [UInt8]) {
        contents.append(contentsOf: bytes)
        updatePiece(of: descriptor, directory: directory, name: name) { $0.contentsEnd = contents.count }
    }

    /// Takes over a file, to close it after everything was written into it.
    func close(_ file: consuming FileDescriptor, directory: [UInt8], name: [UInt8]) {
        updatePiece(of: file.release(), directory: directory, name: name) { $0.isLast = true }
    }

    /// Writes everything, closes the files that end here, and is empty then. Blocks.
    ///
    /// - Throws: `NarKitError` naming the file that could not be written.
    func write() throws(NarKitError) {
        while current < pieces.count {
            try writeCurrentPiece()
            if pieces[current].isLast { systemClose(pieces[current].descriptor) }
            current += 1
        }
        // The memory stays, for what comes next.
        current = 0
        pieces.removeAll(keepingCapacity: true)
        contents.removeAll(keepingCapacity: true)
        paths.removeAll(keepingCapacity: true)
    }

    private func writeCurrentPiece() throws(NarKitError) {
        let contents = self.contents
        let piece = pieces[current]
        let start = current == 0 ? 0 : pieces[current - 1].contentsEnd
        try contents.span.bytes.withUnsafeBytes { bytes throws(NarKitError) in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[start..<piece.contentsEnd])
            while !rest.isEmpty {
                let count = retryingInterrupts { systemWrite(piece.descriptor, rest) }
                guard count >= 0 else { throw .system("write", currentPath, errno: errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    private func updatePiece(
        of descriptor: Int32, directory: [UInt8], name: [UInt8], _ update: (inout Piece) -> Void
    ) {
        if pieces.last?.descriptor != descriptor || pieces.last?.isLast == true {
            paths.append(contentsOf: directory)
            if !name.isEmpty {
                paths.append(UInt8(ascii: "/"))
                paths.append(contentsOf: name)
            }
            pieces.append(Piece(descriptor: descriptor, contentsEnd: contents.count, pathEnd: paths.count))
        }
        update(&pieces[pieces.count - 1])
    }

    private var currentPath: [UInt8] {
        Array(paths[(current == 0 ? 0 : pieces[current - 1].pathEnd)..<pieces[current].pathEnd])
    }
}

@inline(__always)
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

@inline(__always)
private func systemClose(_ descriptor: Int32) {
    close(descriptor)
}
