import CacheClient
import ClientOptions

extension ServerOptions {
    /// The client for the server that flags, variables or configuration files name, which tells the console of retries.
    ///
    /// - Throws: ``ClientError`` for settings and flags that cannot be used.
    func makeClient(environment: [String: String], console: Console) throws(ClientError) -> APIClient {
        let settings = try ClientSettings(environment: environment)
        return try makeClient(
            environment: environment, settings: settings, logger: console.logger, trace: console.trace
        ) {
            console.retrying($0)
        }
    }
}
