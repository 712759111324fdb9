#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the server asks the operating system.
enum Machine {
    /// The name of the machine, up to the first dot or whole.
    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        let status = gethostname(&buffer, buffer.count - 1)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return status == 0 && !name.isEmpty ? name : "localhost"
    }

    /// Has every file that is made from now on be readable for its owner only.
    static func keepFilesPrivate() {
        umask(0o077)
    }

    /// Allows as many open files as the system lets us have.
    ///
    /// - Returns: how many that are.
    static func raiseFileLimit() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(resource, &limit) != 0 { getrlimit(resource, &limit) }
        return Int(clamping: limit.rlim_cur)
    }
}
