/// A second real S3 service: SeaweedFS on the loopback, which differs from the first one in other ways from Amazon's.
///
/// The script that starts it also ends it, as soon as this process is gone. Its users are those of ``S3Service``.
public actor SeaweedService {
    /// The one that the tests of this process share, started by the first that asks.
    public static let shared = SeaweedService()

    private let script = ServiceScript("seaweedfs")
    private var starting: Task<Int, any Error>?

    /// A service of its own.
    public init() {}

    /// The port on 127.0.0.1; starts the service when it is asked first.
    ///
    /// - Throws: ``ServiceFailure``, also where the program is not installed.
    public func port() async throws -> Int {
        if let starting { return try await starting.value }
        let task = Task { [script] in
            let url = try await script.start()
            guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else {
                throw ServiceFailure(description: "scripts/services/seaweedfs printed no URL: \(url)")
            }
            return port
        }
        starting = task
        return try await task.value
    }

    /// Ends the service and removes its data.
    public func stop() async throws {
        try await script.run("stop")
    }
}
