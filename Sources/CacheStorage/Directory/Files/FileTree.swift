import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Changes to names in the file system. Every function blocks.
enum FileTree {
    /// Makes a directory that only its owner may enter, unless it exists.
    ///
    /// - Returns: `false` when its parent does not exist.
    @discardableResult
    static func makeDirectory(_ path: String) throws(ObjectStoreError) -> Bool {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
        if errno == ENOENT { return false }
        throw .system(call: "create", path: path)
    }

    /// Makes a directory and those above it, unless they exist.
    static func makeDirectories(_ path: String) throws(ObjectStoreError) {
        if try makeDirectory(path) { return }
        let parent = self.parent(of: path)
        guard parent != path else { throw .system(call: "create", path: path, number: ENOENT) }
        try makeDirectories(parent)
        guard try makeDirectory(path) else { throw .system(call: "create", path: path, number: ENOENT) }
    }

    /// Gives a file or directory another name, replacing a file that has it.
    ///
    /// - Returns: `false` when the source or the directory it should move to does not exist.
    static func rename(_ path: String, to newPath: String) throws(ObjectStoreError) -> Bool {
        #if canImport(Glibc)
        let result = Glibc.rename(path, newPath)
        #elseif canImport(Musl)
        let result = Musl.rename(path, newPath)
        #else
        let result = Darwin.rename(path, newPath)
        #endif
        if result == 0 { return true }
        if errno == ENOENT { return false }
        throw .system(call: "rename", path: newPath)
    }

    /// Removes a file; one that does not exist is removed already.
    static func remove(_ path: String) throws(ObjectStoreError) {
        if unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR { return }
        throw .system(call: "delete", path: path)
    }

    /// Removes a directory if it is empty.
    ///
    /// - Returns: whether it is gone.
    static func removeIfEmpty(_ path: String) -> Bool {
        rmdir(path) == 0 || errno == ENOENT
    }

    /// Removes a file, or a directory with all that is in it.
    static func removeTree(_ path: String) throws(ObjectStoreError) {
        if unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw .system(call: "delete", path: path) }
        for name in try names(in: path) ?? [] {
            try removeTree("\(path)/\(name)")
        }
        guard removeIfEmpty(path) else { throw .system(call: "delete", path: path) }
    }

    /// The names in a directory, in no order, without `.` and `..`.
    ///
    /// - Returns: `nil` when there is no such directory.
    static func names(in path: String) throws(ObjectStoreError) -> [String]? {
        var names: [String] = []
        let exists = try forEachName(in: path) { names.append($0) }
        return exists ? names : nil
    }

    /// Calls a function with each name in a directory, in no order, without `.` and `..`.
    ///
    /// - Returns: `false` when there is no such directory.
    static func forEachName(in path: String, _ body: (String) -> Void) throws(ObjectStoreError) -> Bool {
        guard let stream = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw .system(call: "list", path: path)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno == 0 { return true }
                throw .system(call: "list", path: path)
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { body(name) }
        }
    }

    /// Returns once the device has the names in a directory, or in the nearest one above it that exists.
    static func synchronize(directory path: String) throws(ObjectStoreError) {
        var path = path
        while true {
            if let directory = try OpenFile.directory(path) { return try directory.synchronize() }
            let parent = self.parent(of: path)
            guard parent != path else { return }
            path = parent
        }
    }

    /// The directory that a path lies in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
