import Hummingbird
import NIOCore

/// What travels with a request through middleware and routes.
struct CacheRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came over.
    let channel: any Channel
    /// Who asks, on routes that ask for a scope.
    var principal: Principal?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
