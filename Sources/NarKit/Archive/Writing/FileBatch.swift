#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A stretch of the archive: framing bytes, and the open files whose contents go between them.
///
/// - Note: `@unchecked Sendable` because one thread owns it at a time: the walker fills it and hands it over.
final class FileBatch: @unchecked Sendable {
    struct File {
        /// The file's contents follow the framing up to here.
        let framingEnd: Int
        let descriptor: Int32
        let size: UInt64
        /// The end of the file's path in `paths`; it starts where the previous one ends.
        let pathEnd: Int
    }

    var framing: [UInt8] = []
    private(set) var files: [File] = []
    private var paths: [UInt8] = []
    /// The first file that is not done with; its descriptor and those of all that follow are open.
    private(set) var current = 0

    init() {
        framing.reserveCapacity(4096)
    }

    deinit {
        for file in files[current...] { close(file.descriptor) }
    }

    /// Takes over a descriptor whose contents follow the framing so far.
    func append(_ descriptor: consuming FileDescriptor, size: UInt64, directory: [UInt8], name: some Collection<UInt8>)
    {
        paths.append(contentsOf: directory)
        if !name.isEmpty {
            paths.append(UInt8(ascii: "/"))
            paths.append(contentsOf: name)
        }
        files.append(
            File(framingEnd: framing.count, descriptor: descriptor.release(), size: size, pathEnd: paths.count))
    }

    var currentFile: File? { current < files.count ? files[current] : nil }

    /// The path of the current file.
    var currentPath: [UInt8] {
        Array(paths[(current == 0 ? 0 : files[current - 1].pathEnd)..<files[current].pathEnd])
    }

    /// Closes the current file and goes on to the next.
    func finishCurrentFile() {
        close(files[current].descriptor)
        current += 1
    }
}
