import CacheCore
import CacheServer

/// What somebody who has started a server needs next, in a form that can be pasted.
struct Greeting: Sendable {
    let settings: ServerSettings
    /// Nil where the token is in no file.
    let tokenPath: String?
    let publicKeys: [String]

    /// - Parameter port: the one that is listened on; nil for a socket without one.
    func text(port: Int?) -> String {
        let url = serverURL(port: port)
        let token = tokenPath.map { " NIKS3_AUTH_TOKEN_FILE=\(Self.shellWord($0))" } ?? ""
        let keys = publicKeys.isEmpty ? "" : "extra-trusted-public-keys = \(publicKeys.joined(separator: " "))\n"
        let fetching =
            (settings.cacheURL ?? (settings.servesReads ? url : nil)).map { cache in
                "# To fetch, in nix.conf:\nextra-substituters = \(cache)\n" + keys
            } ?? "# To fetch, give the bucket's address as --cache-url, or --enable-read-proxy to serve it here.\n"
        return "# To push:\nexport NIKS3_SERVER_URL=\(url)\(token)\n" + fetching
    }

    /// A text as a shell reads it back, in quotes only where it takes them.
    private static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+:,@%=".utf8.contains(byte)
            }
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    private func serverURL(port: Int?) -> String {
        if let origin = settings.serverURL { return "\(origin.scheme)://\(origin.authority)" }
        let scheme = settings.tls == nil ? "http" : "https"
        guard let port else { return "\(scheme)://\(Machine.hostName)" }
        let host = settings.address.isWildcard ? Machine.hostName : settings.address.host
        return "\(scheme)://\(ListenAddress(host: host, port: port))"
    }
}
