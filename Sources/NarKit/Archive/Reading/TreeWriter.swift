#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes what a parser tells into the file system.
///
/// Everything is created relative to the open directory that it lies in, and only where nothing is yet; so no name and
/// no link, neither one of the archive nor one that somebody puts there meanwhile, leads anywhere else.
final class TreeWriter {
    private var directories = DirectoryStack()
    private let contents = ContentsWriter()
    private var path: [UInt8]
    /// The lengths of the paths of the directories that the open ones lie in.
    private var pathLengths: [Int] = []

    /// Starts with nothing.
    ///
    /// - Parameter path: Where the root of the tree will be.
    init(path: [UInt8]) {
        self.path = path
    }

    func beginDirectory(named name: [UInt8]) throws(NarKitError) {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let parent = directories.top
        let isMade = withTerminated(name) { text in mkdirat(parent, text, 0o777) } == 0
        guard isMade else { throw .system("create", fullPath(name), errno: errno) }
        let descriptor = withTerminated(name) { text in retryingInterrupts { openat(parent, text, flags) } }
        guard descriptor >= 0 else { throw .system("open", fullPath(name), errno: errno) }
        pathLengths.append(path.count)
        path = fullPath(name)
        try directories.push(FileDescriptor(owning: descriptor), path: path)
    }

    func endDirectory() throws(NarKitError) {
        path.removeLast(path.count - (pathLengths.popLast() ?? 0))
        try directories.pop(toParent: path)
    }

    func beginFile(named name: [UInt8], isExecutable: Bool) throws(NarKitError) {
        let mode: mode_t = isExecutable ? 0o777 : 0o666
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = withTerminated(name) { text in
            retryingInterrupts { openat(directories.top, text, flags, mode) }
        }
        guard descriptor >= 0 else { throw .system("create", fullPath(name), errno: errno) }
        contents.begin(FileDescriptor(owning: descriptor))
    }

    func write(_ bytes: RawSpan, name: [UInt8]) throws(NarKitError) {
        try bytes.withUnsafeBytes { bytes throws(NarKitError) in
            try contents.append(bytes, directory: path, name: name)
        }
    }

    func endFile(name: [UInt8]) throws(NarKitError) {
        try contents.end(directory: path, name: name)
    }

    func symlink(named name: [UInt8], target: [UInt8]) throws(NarKitError) {
        let result = withTerminated(name) { text in
            withTerminated(target) { target in symlinkat(target, directories.top, text) }
        }
        guard result == 0 else { throw .system("create", fullPath(name), errno: errno) }
    }

    /// Waits until everything has been written.
    func finish() throws(NarKitError) {
        try contents.finish()
    }

    /// Lends a name to a system call; the root's is its whole path.
    private func withTerminated(_ name: [UInt8], _ call: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        let bytes = name.isEmpty ? path : name
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(text).copyMemory(from: $0) }
            text[bytes.count] = 0
            return text.baseAddress.map { start in call(start) } ?? -1
        }
    }

    private func fullPath(_ name: [UInt8]) -> [UInt8] {
        name.isEmpty ? path : path + [UInt8(ascii: "/")] + name
    }
}
