import Foundation

/// A user of this machine who has no rights on it but everybody's, with the programs where he can start them.
struct Stranger: Sendable {
    /// The number of `nobody`.
    static let id = 65534

    private let root: TemporaryDirectory
    /// The directory of his copies of the programs.
    let programs: String

    /// Copies the programs: those beside the tests may lie where only their owner can go.
    init() throws {
        root = try TemporaryDirectory()
        programs = try root.directory("programs")
        for name in ["niks3", "niks3-server"] {
            try FileManager.default.copyItem(atPath: Programs.directory + "/" + name, toPath: programs + "/" + name)
        }
    }

    /// Makes a directory that is his.
    func directory() throws -> String {
        let path = try root.directory("own")
        guard chown(path, uid_t(Self.id), gid_t(Self.id)) == 0, chmod(path, 0o700) == 0 else {
            throw CocoaError(.fileWriteNoPermission)
        }
        return path
    }

    /// Makes a directory that he can look into, and no more.
    func readOnlyDirectory() throws -> String {
        let path = try root.directory("read-only")
        guard chmod(path, 0o555) == 0 else { throw CocoaError(.fileWriteNoPermission) }
        return path
    }

    /// Whether we can be him, and he reaches the libraries that the programs are linked with.
    static var canRunPrograms: Bool {
        guard geteuid() == 0, let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else {
            return false
        }
        let libraries = Set(
            maps.split(separator: "\n").compactMap { line in line.firstIndex(of: "/").map { line[$0...] } })
        return libraries.filter { $0.contains("/libswift") }.allSatisfy { library in
            var path = ""
            return library.split(separator: "/").dropLast().allSatisfy { name in
                path += "/" + name
                var status = stat()
                return stat(path, &status) == 0 && status.st_mode & S_IXOTH != 0
            }
        }
    }
}
