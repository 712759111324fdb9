import CacheClient
import CurlKit
import Foundation
import Logging
import NarKit

/// Pushes store paths with all they refer to: `NIKS3_SERVER_URL=… NIKS3_AUTH_TOKEN_FILE=… PushClosure STORE-PATH…`.
@main
struct PushClosure {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let server = environment["NIKS3_SERVER_URL"] else { fatalError("set NIKS3_SERVER_URL") }
        let http = HTTPClient()
        let api = APIClient(
            server: try ServerURL(server), tokens: try Credentials().tokenSource(environment: environment), http: http)
        let logger = Logger(label: "push-closure")
        let directories = try NixDirectories(environment: environment)
        // Reads the database of the local store; NixStore asks the program `nix`.
        let pusher = Pusher(api: api, store: DatabaseStore(directories: directories), logger: logger)
        let roots = try CommandLine.arguments.dropFirst().map {
            try StorePath(parsing: $0, in: directories.store)
        }
        let summary = try await pusher.push(roots)
        print("\(summary.newPaths) new paths, \(summary.cachedPaths) were there")
    }
}
