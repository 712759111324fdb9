import Testing

/// The ways in which a server is set up: what every end-to-end test of behaviour runs on.
enum Deployment: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// SQLite and a directory, with nothing configured.
    case embedded
    /// PostgreSQL and an S3 service.
    case services

    var testDescription: String { rawValue }

    /// Makes a place for a new server.
    func storage(for nix: NixSandbox) async throws -> ServerStorage {
        switch self {
        case .embedded: .directory(nix.root.path + "/server")
        case .services: .services(try await ServiceStorage(for: nix))
        }
    }

    /// Runs a test with a store and a new server.
    func run(_ body: @Sendable (NixSandbox, RunningServer) async throws -> Void) async throws {
        let nix = try NixSandbox()
        try await RunningServer.run(for: nix, on: try await storage(for: nix)) { server in
            try await body(nix, server)
        }
    }
}
