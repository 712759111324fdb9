#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The few file system calls that the client needs, with errors that name the path.
enum FileAccess {
    /// Whether there is something at a path.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether there is something at a path, be it a symbolic link that leads nowhere.
    static func hasEntry(at path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes the directory that a path lies in, and those above it, where they are missing; durably.
    ///
    /// - Throws: ``ClientError`` with the code `unreadablePath`.
    static func makeParentDirectories(of path: String) throws(ClientError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let parent = String(path[..<slash])
        guard !exists(parent) else { return }
        try makeParentDirectories(of: parent)
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { throw failure("make the directory", parent, errno) }
        // Else a power cut could take the directory away with all that is in it.
        let above = parent.lastIndex(of: "/").map { $0 > parent.startIndex ? String(parent[..<$0]) : "/" } ?? "."
        let descriptor = open(above, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Where a symbolic link points to; nil for what is no link.
    static func symbolicLinkTarget(of path: String) throws(ClientError) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        if count >= 0 { return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) }
        if errno == EINVAL { return nil }
        throw failure("resolve", path, errno)
    }

    /// The directory that relative paths begin in.
    static func workingDirectory() throws(ClientError) -> String {
        guard let text = getcwd(nil, 0) else { throw failure("find", "the working directory", errno) }
        defer { free(text) }
        return String(cString: text)
    }

    /// The names in a directory, in no order, without `.` and `..`.
    static func names(inDirectory path: String) throws(ClientError) -> [String] {
        guard let directory = opendir(path) else { throw failure("list", path, errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Makes a directory and those above it, for this user alone, where they are missing.
    ///
    /// - Returns: Whether it is there now.
    static func makeDirectories(_ path: String) -> Bool {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
        return makeDirectories(String(path[..<slash])) && (mkdir(path, 0o700) == 0 || errno == EEXIST)
    }

    /// When a file was changed last, in seconds since 1970.
    static func modificationTime(_ status: stat) -> Int {
        #if canImport(Darwin)
        status.st_mtimespec.tv_sec
        #else
        status.st_mtim.tv_sec
        #endif
    }

    /// Reads a small file whole.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The largest number of bytes it may have.
    /// - Returns: Its content; nil when it does not exist.
    /// - Throws: ``ClientError`` with the code `unreadablePath` when it is too large or cannot be read.
    static func contents(of path: String, limit: Int) throws(ClientError) -> [UInt8]? {
        guard let file = try FileReader(path: path) else { return nil }
        var bytes: [UInt8] = []
        while let chunk = try file.read(atMost: 64 << 10) {
            bytes += chunk
            guard bytes.count <= limit else {
                throw ClientError(.unreadablePath, "\(path) is larger than \(limit) bytes, which it must not be.")
            }
        }
        return bytes
    }

    static func failure(_ verb: String, _ path: String, _ code: CInt) -> ClientError {
        ClientError(.unreadablePath, "Could not \(verb) \(path): \(String(cString: strerror(code))).")
    }
}
