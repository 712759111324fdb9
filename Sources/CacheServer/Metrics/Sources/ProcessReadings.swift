#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the system says about this process. To make one reads files.
struct ProcessReadings: Sendable {
    /// User and system time of all threads.
    let processorSeconds: Double
    /// Nil on systems that do not say it in `/proc`.
    let reservedBytes: Double?
    /// Nil on systems that do not say it in `/proc`.
    let residentBytes: Double?
    let openFiles: Double?
    let maximumFiles: Double?

    /// Seconds since 1970.
    static var now: Double { Double(time(nil)) }

    init() {
        // In microseconds on every system of today (clock(3)).
        processorSeconds = Double(clock()) / 1e6
        let bytes = Self.pages.map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        reservedBytes = bytes.first
        residentBytes = bytes.count > 1 ? bytes[1] : nil
        openFiles = Self.openFiles
        maximumFiles = Self.maximumFiles
    }

    /// Pages reserved and pages in use (proc_pid_statm(5)).
    private static var pages: [Double] {
        guard let file = fopen("/proc/self/statm", "r") else { return [] }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ").prefix(2).compactMap {
            Double($0)
        }
    }

    private static var openFiles: Double? {
        guard let directory = opendir("/dev/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Neither the directory itself, nor its two names.
        return Double(count - 3)
    }

    private static var maximumFiles: Double? {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        return getrlimit(resource, &limit) == 0 ? Double(limit.rlim_cur) : nil
    }
}
