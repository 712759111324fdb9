#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file, closed when its owner is done with it.
struct FileDescriptor: ~Copyable {
    let number: Int32

    /// Takes over an open descriptor.
    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Gives the descriptor up without closing it.
    consuming func release() -> Int32 {
        let number = self.number
        discard self
        return number
    }
}

/// Which file a descriptor has open.
struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

/// What kind of thing a directory entry is.
enum FileKind: UInt8 {
    case regular, directory, symbolicLink, socket, fifo, device, unknown

    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFSOCK: self = .socket
        case S_IFIFO: self = .fifo
        case S_IFCHR, S_IFBLK: self = .device
        default: self = .unknown
        }
    }

    init(directoryEntryType type: UInt8) {
        switch Int(type) {
        case Int(DT_REG): self = .regular
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symbolicLink
        default: self = .unknown
        }
    }

    /// The name of the kind with its article, for messages.
    var described: String {
        switch self {
        case .regular: "a regular file"
        case .directory: "a directory"
        case .symbolicLink: "a symbolic link"
        case .socket: "a socket"
        case .fifo: "a named pipe"
        case .device: "a device"
        case .unknown: "of an unknown kind"
        }
    }
}

/// Calls a system call again for as long as a signal interrupts it.
@inline(__always)
func retryingInterrupts<Value: FixedWidthInteger & SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Not in the system's module: do not touch the access time of what is read (Linux, owner's files only).
#if os(Linux)
let openWithoutAccessTime: Int32 = 0o1_000_000
#else
let openWithoutAccessTime: Int32 = 0
#endif
