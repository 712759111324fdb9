import CacheCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open descriptor, closed with its last reference. Every method blocks.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32

    fileprivate init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }

    /// Opens an existing file for reading.
    ///
    /// - Returns: `nil` when there is no such file.
    static func reading(_ path: String) throws(ObjectStoreError) -> OpenFile? {
        try opening(path, flags: O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    }

    /// Opens an existing file for reading and writing.
    ///
    /// - Returns: `nil` when there is no such file.
    static func updating(_ path: String) throws(ObjectStoreError) -> OpenFile? {
        try opening(path, flags: O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    }

    /// Opens an existing directory, to synchronise it.
    ///
    /// - Returns: `nil` when there is no such directory.
    static func directory(_ path: String) throws(ObjectStoreError) -> OpenFile? {
        try opening(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    /// Creates a file that must not exist, readable and writable by its owner alone.
    ///
    /// - Returns: `nil` when the directory it should lie in does not exist.
    static func creating(_ path: String) throws(ObjectStoreError) -> OpenFile? {
        try opening(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
    }

    private static func opening(_ path: String, flags: Int32) throws(ObjectStoreError) -> OpenFile? {
        while true {
            let descriptor = open(path, flags, 0o600)
            if descriptor >= 0 { return OpenFile(path: path, descriptor: descriptor) }
            switch errno {
            case EINTR: continue
            case ENOENT, ENOTDIR: return nil
            default: throw .system(call: "open", path: path)
            }
        }
    }

    /// The length in bytes.
    func length() throws(ObjectStoreError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(call: "stat", path: path) }
        return Int64(status.st_size)
    }

    /// Reads until there is as much as asked for or the file ends.
    func read(at offset: Int64, count: Int) throws(ObjectStoreError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                let read = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(initialized))
                if read > 0 {
                    initialized += read
                } else if read == 0 {
                    return
                } else if errno != EINTR {
                    failed = true
                    return
                }
            }
        }
        if failed { throw .system(call: "read", path: path) }
        return bytes
    }

    /// Writes all of the bytes.
    func write(_ bytes: [UInt8], at offset: Int64) throws(ObjectStoreError) {
        let complete = bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let written = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                if written >= 0 {
                    done += written
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
        guard complete else { throw .system(call: "write", path: path) }
    }

    /// Cuts or extends the file.
    func truncate(to length: Int64) throws(ObjectStoreError) {
        while ftruncate(descriptor, off_t(length)) != 0 {
            guard errno == EINTR else { throw .system(call: "truncate", path: path) }
        }
    }

    /// Returns once the device has what was written.
    func synchronize() throws(ObjectStoreError) {
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { throw .system(call: "synchronise", path: path) }
        }
    }

    /// Tells the kernel that a file is read from front to back.
    func expectSequentialReading() {
        #if os(Linux)
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        #endif
    }
}
