/// The address of a niks3 server.
public struct ServerURL: Hashable, Sendable, CustomStringConvertible {
    /// The URL without a slash at its end.
    public let description: String

    /// Checks an address.
    ///
    /// - Parameter text: An `http` or `https` URL, with a path where the server lies below one.
    /// - Throws: ``ClientError`` with the code `invalidArgument` when it is something else.
    public init(_ text: String) throws(ClientError) {
        let problem = ClientError(
            .invalidArgument,
            "\(text.isEmpty ? "An empty text" : text) is not the address of a server: it must look like "
                + "https://niks3.example.org.")
        let lowercase = text.lowercased()
        let scheme = ["https://", "http://"].first { lowercase.hasPrefix($0) }
        guard let scheme, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !text.utf8.contains(UInt8(ascii: "?")),
            !text.utf8.contains(UInt8(ascii: "#"))
        else { throw problem }
        var rest = text.dropFirst(scheme.count)
        while rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.isEmpty, !rest.hasPrefix("/"), !rest.hasPrefix(":") else { throw problem }
        description = scheme + rest
    }

    /// The name or number of the machine, without a port.
    var host: String {
        let authority = description.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
        let address = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        if address.hasPrefix("[") { return String(address.dropFirst().prefix { $0 != "]" }) }
        return String(address.prefix { $0 != ":" })
    }

    /// The address of a route.
    ///
    /// - Parameter path: The path of the route, which begins with a slash.
    func appending(_ path: String) -> String { description + path }
}
