/// A real S3 service: a RADOS Gateway on the loopback.
///
/// The script that starts it also ends it, as soon as this process is gone.
public actor S3Service {
    /// The one that the tests of this process share, started by the first that asks.
    public static let shared = S3Service()

    /// Who may do everything.
    public static let accessKeyID = "testaccesskey"
    /// The key of ``accessKeyID``.
    public static let secretAccessKey = "testsecretkey"

    private let script = ServiceScript("s3")
    private var starting: Task<Int, any Error>?

    /// A service of its own, for tests that stop it.
    public init() {}

    /// The port on 127.0.0.1; starts the service when it is asked first.
    public func port() async throws -> Int {
        if let starting { return try await starting.value }
        let task = Task { [script] in
            let url = try await script.start()
            guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else {
                throw ServiceFailure(description: "scripts/services/s3 printed no URL: \(url)")
            }
            return port
        }
        starting = task
        return try await task.value
    }

    /// Ends the gateway; connections are refused, the data stay.
    public func pause() async throws {
        try await script.run("pause")
    }

    /// Starts the gateway again, on the same port.
    public func resume() async throws {
        try await script.run("resume")
    }

    /// Ends the service and removes its data.
    public func stop() async throws {
        try await script.run("stop")
    }
}
