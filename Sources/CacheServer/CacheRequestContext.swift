import Hummingbird
import NIOCore
import Synchronization

/// What travels with a request through middleware and routes.
struct CacheRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    let channel: any Channel
    /// Who asks, on routes that ask for a scope.
    var principal: Principal?
    /// The same for the log, which sees the context as it was before.
    let caller = RequestCaller()

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// The name of who makes a request, once it is known.
final class RequestCaller: Sendable {
    private let storage = Mutex<String?>(nil)

    var name: String? {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }
}
