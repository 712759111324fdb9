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
    private var file: FileDescriptor?
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
        let terminated = self.terminated(name)
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let parent = directories.top
        guard mkdirat(parent, terminated, 0o777) == 0 else { throw .system("create", fullPath(name), errno: errno) }
        let descriptor = retryingInterrupts { openat(parent, terminated, flags) }
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
        let descriptor = retryingInterrupts { openat(directories.top, terminated(name), flags, mode) }
        guard descriptor >= 0 else { throw .system("create", fullPath(name), errno: errno) }
        file = FileDescriptor(owning: descriptor)
    }

    func write(_ bytes: RawSpan, name: [UInt8]) throws(NarKitError) {
        guard let descriptor = file?.number else { return }
        try bytes.withUnsafeBytes { bytes throws(NarKitError) in
            var rest = bytes
            while !rest.isEmpty {
                let count = retryingInterrupts { systemWrite(descriptor, rest) }
                guard count >= 0 else { throw .system("write", fullPath(name), errno: errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    func endFile() {
        file = nil
    }

    func symlink(named name: [UInt8], target: [UInt8]) throws(NarKitError) {
        guard symlinkat(terminated(target), directories.top, terminated(name)) == 0 else {
            throw .system("create", fullPath(name), errno: errno)
        }
    }

    /// The name for a system call; the root's is its whole path.
    private func terminated(_ name: [UInt8]) -> [CChar] {
        let bytes = name.isEmpty ? path : name
        return [CChar](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
            for (index, byte) in bytes.enumerated() { buffer.initializeElement(at: index, to: CChar(bitPattern: byte)) }
            buffer.initializeElement(at: bytes.count, to: 0)
            count = bytes.count + 1
        }
    }

    private func fullPath(_ name: [UInt8]) -> [UInt8] {
        name.isEmpty ? path : path + [UInt8(ascii: "/")] + name
    }
}

@inline(__always)
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
