import CacheCore
import CacheServer

/// An http or https URL of a setting.
struct WebURL: Hashable, Sendable {
    /// Without a slash at its end.
    let text: String
    private let flag: String
    private let scheme: String
    private let authority: String
    private let path: String

    /// - Throws: ``ConfigurationError`` for anything but `http(s)://host[:port][/path]`.
    init(flag: String, _ url: String) throws(ConfigurationError) {
        let error = ConfigurationError(
            "--\(flag) \(url): write it as https://host, with a port if it is not the usual one")
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "http" || parts[0] == "https" else { throw error }
        let rest = parts[1].prefix { $0 != "/" }
        let isPlain = { (character: Character) in
            character.isASCII && !character.isWhitespace && !"?#@\\\"<>".contains(character)
        }
        guard !rest.isEmpty, parts[1].allSatisfy(isPlain) else { throw error }
        self.flag = flag
        scheme = String(parts[0])
        authority = String(rest)
        var path = String(parts[1].dropFirst(rest.count))
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        text = "\(scheme)://\(authority)\(path)"
    }

    /// Scheme and host, where there is no path.
    ///
    /// - Throws: ``ConfigurationError`` where there is one: signed URLs could not lead through it.
    var origin: URLOrigin {
        get throws(ConfigurationError) {
            guard path.isEmpty else {
                throw ConfigurationError(
                    "--\(flag) \(text): leave out the path; the server is reached at the top of a host")
            }
            return URLOrigin(scheme: scheme, authority: authority)
        }
    }
}
