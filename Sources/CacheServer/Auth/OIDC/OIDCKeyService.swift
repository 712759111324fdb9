public import ServiceLifecycle

/// Asks the providers for their keys at the start and from time to time. One that is down does not stop anything.
public struct OIDCKeyService: Service {
    private let authenticator: OIDCAuthenticator

    /// - Parameter authenticator: whose keys are asked for.
    public init(_ authenticator: OIDCAuthenticator) {
        self.authenticator = authenticator
    }

    /// Works until a graceful shutdown.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                for provider in authenticator.providers.values {
                    tasks.addTask { await keepUp(provider.keys) }
                }
            }
        }
    }

    private func keepUp(_ keys: ProviderKeys) async {
        while !Task.isCancelled {
            // Requests may have asked meanwhile.
            let rest = await keys.untilRefresh
            let pause = rest > .zero ? rest : (try? await keys.refresh()) ?? .zero
            try? await Task.sleep(for: pause)
        }
    }
}
