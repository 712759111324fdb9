#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The directories from the root of a tree down to where work goes on, of which only the innermost few are open.
///
/// A directory that was closed is opened again through `..` of its child, and must then be the same file: what somebody
/// moves meanwhile is an error, never followed.
struct DirectoryStack: ~Copyable {
    private enum Level {
        case open(Int32)
        case closed(FileIdentity)
    }

    private static let maximumOpen = 24

    private var levels: [Level] = []

    deinit {
        for case .open(let descriptor) in levels { close(descriptor) }
    }

    /// How many directories lie in each other here.
    var depth: Int { levels.count }

    /// The innermost directory, or the working directory when there is none.
    var top: Int32 {
        if case .open(let descriptor)? = levels.last { descriptor } else { AT_FDCWD }
    }

    /// Enters a directory.
    ///
    /// - Parameters:
    ///   - directory: The open directory.
    ///   - path: What to call it in errors.
    mutating func push(_ directory: consuming FileDescriptor, path: [UInt8]) throws(NarKitError) {
        let outermost = levels.count - Self.maximumOpen
        if outermost >= 0, case .open(let descriptor) = levels[outermost] {
            levels[outermost] = .closed(try Self.identity(of: descriptor, path: path))
            close(descriptor)
        }
        levels.append(.open(directory.release()))
    }

    /// Leaves the innermost directory.
    ///
    /// - Parameter path: What to call its parent in errors.
    mutating func pop(toParent path: @autoclosure () -> [UInt8]) throws(NarKitError) {
        guard case .open(let child)? = levels.popLast() else { return }
        defer { close(child) }
        guard case .closed(let expected)? = levels.last else { return }
        let descriptor = openat(child, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("return to", path(), errno: errno) }
        let parent = FileDescriptor(owning: descriptor)
        guard try Self.identity(of: descriptor, path: path()) == expected else {
            throw NarKitError(
                .fileChanged,
                "\(quoted(path(), limit: 4096)) was moved while it was worked on; leave it alone and try again.")
        }
        levels[levels.count - 1] = .open(parent.release())
    }

    private static func identity(of descriptor: Int32, path: [UInt8]) throws(NarKitError) -> FileIdentity {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("examine", path, errno: errno) }
        return FileIdentity(status)
    }
}
