import Foundation

/// Where a server keeps everything.
enum ServerStorage: Sendable {
    /// A data directory of the embedded server.
    case directory(String)
    /// A home directory, in which a server that is told nothing has its data directory.
    case home(String)
    /// A database and a bucket.
    case services(ServiceStorage)

    /// What a server is called with to use it.
    var arguments: [String] {
        switch self {
        case .directory(let path): ["--data-dir", path]
        case .home: []
        case .services(let services): services.arguments
        }
    }

    /// The file with the API token.
    var tokenPath: String {
        switch self {
        case .directory(let path): path + "/api-token"
        case .home(let path): path + "/.local/state/niks3/api-token"
        case .services(let services): services.tokenPath
        }
    }

    /// The keys of what lies there for readers.
    func objects() async throws -> Set<String> {
        switch self {
        case .directory(let path), .home(let path):
            Set(
                Self.files(below: path).map(\.name).filter { name in
                    [".narinfo", ".nar.zst", ".ls", ".drv", ".doi"].contains { name.hasSuffix($0) }
                })
        case .services(let services):
            Set(try await services.bucket.keys()).subtracting(["nix-cache-info"])
        }
    }

    /// The bytes that have arrived, of finished objects or not.
    func receivedBytes() async throws -> Int {
        switch self {
        case .directory(let path), .home(let path): Self.files(below: path).reduce(0) { $0 + $1.size }
        case .services(let services): try await services.bucket.receivedBytes()
        }
    }

    private static func files(below directory: String) -> [(name: String, size: Int)] {
        var found: [(name: String, size: Int)] = []
        let names = FileManager.default.enumerator(atPath: directory)
        while let name = names?.nextObject() as? String {
            var status = stat()
            if stat(directory + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                found.append((name, Int(status.st_size)))
            }
        }
        return found
    }
}
