import CacheCore
import CacheServer

/// What somebody who has started a server needs next, in a form that can be pasted.
struct Greeting: Sendable {
    let settings: ServerSettings
    /// Nil where the token is in no file.
    let tokenPath: String?
    let publicKeys: [String]

    /// - Parameter port: the one that is listened on.
    func text(port: Int) -> String {
        let url = serverURL(port: port)
        let token = tokenPath.map { " NIKS3_AUTH_TOKEN_FILE=\($0)" } ?? ""
        return """
            # To push:
            export NIKS3_SERVER_URL=\(url)\(token)
            # To fetch, in nix.conf:
            extra-substituters = \(settings.cacheURL ?? url)
            extra-trusted-public-keys = \(publicKeys.joined(separator: " "))

            """
    }

    private func serverURL(port: Int) -> String {
        if let origin = settings.serverURL { return "\(origin.scheme)://\(origin.authority)" }
        let host = settings.address.isWildcard ? Machine.hostName : settings.address.host
        return "http://\(ListenAddress(host: host, port: port))"
    }
}
