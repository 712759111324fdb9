#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A new directory that is gone after `body`.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { removeTree(path) }
    return try body(path)
}

/// A new directory that is gone after `body`.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = try makeTemporaryDirectory()
    defer { removeTree(path) }
    return try await body(path)
}

struct NoTemporaryDirectory: Error {}

private func makeTemporaryDirectory() throws -> String {
    var template = Array("/tmp/niks3-server-tests-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw NoTemporaryDirectory() }
    return String(cString: path)
}

private func removeTree(_ path: String) {
    guard let directory = opendir(path) else {
        unlink(path)
        return
    }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
}
