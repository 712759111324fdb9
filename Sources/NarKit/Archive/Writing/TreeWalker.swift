#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Goes through a file system tree in the order of the archive, and hands on framing and open files in batches.
///
/// Runs on a thread of its own, a few files ahead of the one that reads them.
struct TreeWalker: ~Copyable {
    /// Files that one batch holds open at most.
    private static let filesPerBatch = 12
    /// Framing bytes after which a batch is handed on.
    private static let framingPerBatch = 32 << 10
    /// A file of this many bytes keeps the reader busy: its batch is handed on at once.
    private static let largeFile: UInt64 = 512 << 10

    /// A directory whose entries are being visited.
    private struct Level {
        let names: DirectoryNames
        var next = 0
        /// The length of the path of the directory that it lies in.
        let parentPathLength: Int
    }

    private let output: BoundedQueue<FileBatch>
    private let stripsCaseHack: Bool
    private let limits: NarLimits
    private var batch = FileBatch()
    private var listing: NarListingBuilder?
    private var directories = DirectoryStack()
    private var levels: [Level] = []
    private var path: [UInt8]
    /// Bytes of the archive before the framing of this batch, plus the contents in it.
    private var position: UInt64 = 0
    private var accessTimeFlag = openWithoutAccessTime

    init(path: [UInt8], options: NarSource.Options, output: BoundedQueue<FileBatch>) {
        self.path = path
        self.output = output
        stripsCaseHack = options.stripsCaseHack
        limits = options.limits
        listing = options.buildsListing ? NarListingBuilder() : nil
    }

    /// Visits the whole tree.
    ///
    /// - Returns: The listing, when one was asked for.
    mutating func run() throws(NarKitError) -> NarListing? {
        batch.framing.append(contentsOf: NarFormat.opening)
        let root = path + [0]
        try visit(root[...], .unknown, name: [])
        while let level = levels.last {
            try visitEntries(of: level)
        }
        try flush()
        return listing.take()?.finished()
    }

    /// Visits the entries of the innermost directory up to and into the next directory, or leaves it.
    private mutating func visitEntries(of level: Level) throws(NarKitError) {
        let names = level.names
        let depth = levels.count
        for index in level.next..<names.names.count {
            let entry = names.names[index]
            let name = names.archived(entry)
            batch.framing.append(contentsOf: NarFormat.entry)
            batch.framing.appendNarString(name)
            batch.framing.append(contentsOf: NarFormat.node)
            levels[depth - 1].next = index + 1
            try visit(names.bytes[entry.offset...entry.offset + Int(entry.diskLength)], entry.kind, name: name)
            if levels.count > depth { return }
        }
        try leaveDirectory()
    }

    /// Visits one node.
    ///
    /// - Parameters:
    ///   - terminatedName: Its path from the innermost directory, with a zero at the end.
    ///   - kind: What it is, as far as that is known.
    ///   - name: Its name in the archive, empty for the root.
    private mutating func visit(
        _ terminatedName: ArraySlice<UInt8>, _ kind: FileKind, name: ArraySlice<UInt8>
    ) throws(NarKitError) {
        var kind = kind
        let diskName = terminatedName.dropLast()
        if kind == .unknown {
            var status = stat()
            let result = withCString(terminatedName) { fstatat(directories.top, $0, &status, AT_SYMLINK_NOFOLLOW) }
            guard result == 0 else { throw .system("examine", fullPath(diskName), errno: errno) }
            kind = FileKind(mode: status.st_mode)
        }
        switch kind {
        case .regular: try visitFile(terminatedName, name: name)
        case .symbolicLink: try visitLink(terminatedName, name: name)
        case .directory: try enterDirectory(terminatedName, name: name)
        default: throw unsupported(fullPath(diskName), kind)
        }
    }

    // MARK: Nodes

    private mutating func visitFile(
        _ terminatedName: ArraySlice<UInt8>, name: ArraySlice<UInt8>
    ) throws(NarKitError) {
        let diskName = terminatedName.dropLast()
        let file = try open(terminatedName, flags: O_NONBLOCK | O_NOCTTY)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .system("examine", fullPath(diskName), errno: errno) }
        let kind = FileKind(mode: status.st_mode)
        guard kind == .regular else { throw unsupported(fullPath(diskName), kind) }
        let size = UInt64(status.st_size)
        let isExecutable = status.st_mode & S_IXUSR != 0
        batch.framing.append(contentsOf: isExecutable ? NarFormat.executable : NarFormat.regular)
        batch.framing.appendNarLength(size)
        let (end, overflow) = position.addingReportingOverflow(size)
        guard !overflow, end < UInt64(Int64.max) else {
            throw NarKitError(.tooLarge, "The files up to \(quoted(fullPath(diskName))) are too large for an archive.")
        }
        listing?.addFile(
            name: name, size: size, isExecutable: isExecutable, narOffset: position + UInt64(batch.framing.count))
        if size > 0 {
            position = end
            batch.append(file, size: size, directory: path, name: levels.isEmpty ? [] : diskName)
        }
        batch.framing.appendNarPadding(after: size)
        closeNode()
        if batch.files.count >= Self.filesPerBatch || size >= Self.largeFile { try flush() }
    }

    private mutating func visitLink(
        _ terminatedName: ArraySlice<UInt8>, name: ArraySlice<UInt8>
    ) throws(NarKitError) {
        let diskName = terminatedName.dropLast()
        let limit = limits.maximumTargetLength
        var code: Int32 = 0
        let target = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            let result = buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return -1 }
                return withCString(terminatedName) { readlinkat(directories.top, $0, start, limit + 1) }
            }
            code = errno
            count = max(0, result)
        }
        guard !target.isEmpty else { throw .system("read the link", fullPath(diskName), errno: code) }
        guard target.count <= limit else {
            throw NarKitError(
                .tooLarge,
                "The target of the link \(quoted(fullPath(diskName), limit: 4096)) is longer than \(limit) bytes; "
                    + "shorten it.")
        }
        batch.framing.append(contentsOf: NarFormat.symlink)
        batch.framing.appendNarString(target)
        closeNode()
        listing?.addSymlink(name: name, target: target)
        if batch.framing.count >= Self.framingPerBatch { try flush() }
    }

    private mutating func enterDirectory(
        _ terminatedName: ArraySlice<UInt8>, name: ArraySlice<UInt8>
    ) throws(NarKitError) {
        let diskName = terminatedName.dropLast()
        guard levels.count < limits.maximumDepth else {
            throw NarKitError(
                .tooLarge,
                "\(quoted(fullPath(diskName), limit: 4096)) lies in more than \(limits.maximumDepth) directories; "
                    + "make the tree flatter.")
        }
        let directory = try open(terminatedName, flags: O_DIRECTORY)
        let parentPathLength = path.count
        if !levels.isEmpty { path = fullPath(diskName) }
        let names = try DirectoryNames(of: directory.number, path: path, stripsCaseHack: stripsCaseHack)
        try directories.push(directory, path: path)
        levels.append(Level(names: names, parentPathLength: parentPathLength))
        batch.framing.append(contentsOf: NarFormat.directory)
        listing?.beginDirectory(name: name)
        if batch.framing.count >= Self.framingPerBatch { try flush() }
    }

    private mutating func leaveDirectory() throws(NarKitError) {
        guard let level = levels.popLast() else { return }
        path.removeLast(path.count - level.parentPathLength)
        let parent = path
        try directories.pop(toParent: parent)
        listing?.endDirectory()
        closeNode()
    }

    /// Ends a node, and the entry that it is unless it is the root.
    private mutating func closeNode() {
        batch.framing.append(contentsOf: levels.isEmpty ? NarFormat.close : NarFormat.closeTwice)
    }

    // MARK: Help

    private mutating func flush() throws(NarKitError) {
        let full = batch
        batch = FileBatch()
        position += UInt64(full.framing.count)
        guard output.push(full) else { throw NarKitError(.cancelled, "The dump was given up.") }
    }

    /// Opens something in the innermost directory for reading, without following a link.
    private mutating func open(
        _ terminatedName: ArraySlice<UInt8>, flags: Int32
    ) throws(NarKitError) -> FileDescriptor {
        while true {
            let descriptor = withCString(terminatedName) { name in
                retryingInterrupts {
                    openat(directories.top, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | accessTimeFlag | flags)
                }
            }
            if descriptor >= 0 { return FileDescriptor(owning: descriptor) }
            guard errno == EPERM, accessTimeFlag != 0 else {
                throw .system("open", fullPath(terminatedName.dropLast()), errno: errno)
            }
            accessTimeFlag = 0
        }
    }

    private func fullPath(_ name: ArraySlice<UInt8>) -> [UInt8] {
        levels.isEmpty ? path : path + [UInt8(ascii: "/")] + name
    }

    private func unsupported(_ path: [UInt8], _ kind: FileKind) -> NarKitError {
        NarKitError(
            .unsupported,
            "\(quoted(path, limit: 4096)) is \(kind.described), which an archive cannot hold; remove it.")
    }
}

/// Lends zero-terminated bytes to a system call.
@inline(__always)
private func withCString<Value: FixedWidthInteger & SignedInteger>(
    _ bytes: ArraySlice<UInt8>, _ call: (UnsafePointer<CChar>) -> Value
) -> Value {
    bytes.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map(call) ?? -1 }
    }
}
