#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension NarKitError {
    /// A system call on a file failed.
    ///
    /// - Parameters:
    ///   - action: What was being done, in the infinitive: "read", "create".
    ///   - path: The file, as bytes.
    ///   - code: `errno`.
    static func system(_ action: String, _ path: [UInt8], errno code: Int32) -> NarKitError {
        NarKitError(.fileSystem, "Cannot \(action) \(quoted(path, limit: 4096)): \(reason(code)).")
    }

    /// The system has no thread to give.
    static func threadUnavailable(errno code: Int32) -> NarKitError {
        NarKitError(
            .fileSystem,
            "Cannot start a thread to read or write files: \(reason(code)); raise the limit on processes, or do less "
                + "at the same time.")
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "it does not exist"
        case EACCES, EPERM: "permission denied; run as a user who may"
        case ELOOP: "it is a symbolic link where none is expected"
        case ENOTDIR: "it is not a directory"
        case EEXIST: "something is there already; remove it or choose another place"
        case EMFILE, ENFILE: "too many open files; raise the limit (ulimit -n)"
        case ENOSPC: "no space is left on the device"
        default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
        }
    }
}
