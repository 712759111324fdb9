/// An address to listen on: `host:port`, `:port` for all interfaces, `[::1]:port`.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, without brackets; empty for all interfaces.
    public let host: String
    /// 0 for any that is free.
    public let port: Int

    /// - Throws: ``ConfigurationError`` for anything else.
    public init(parsing text: String) throws(ConfigurationError) {
        let error = ConfigurationError("--http-addr \(text): write it as host:port, :port or [address]:port")
        guard let colon = text.lastIndex(of: ":") else { throw error }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.count > 2 else { throw error }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw error
        }
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let port = Int(digits), port <= 65535, !host.contains(where: { "[]/ ".contains($0) }) else {
            throw error
        }
        self.host = String(host)
        self.port = port
    }

    /// - Parameters:
    ///   - host: without brackets.
    ///   - port: 0 for any that is free.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether every interface is listened on.
    public var isWildcard: Bool { ["", "0.0.0.0", "::"].contains(host) }

    /// As it is written in a URL.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
