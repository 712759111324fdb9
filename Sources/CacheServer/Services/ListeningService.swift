import Hummingbird
import NIOCore
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs an application, and says in a sentence why an address cannot be listened on.
struct ListeningService<Application: ApplicationProtocol>: Service {
    let application: Application
    let address: ListenAddress

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw ConfigurationError("\(address) cannot be listened on (\(reason)); choose another --http-addr")
        }
    }
}
