import CCurl

/// libcurl, which is loaded with the first request: it and the dozens of libraries that it brings take the dynamic
/// linker longer than all else that a program does before it begins.
enum CurlLibrary {
    /// Why no request can be sent.
    struct Problem: Equatable {
        let text: String
        let remedy: String

        static let memory = Problem(text: "libcurl has no memory left", remedy: "give the process more memory")
    }

    #if canImport(Darwin)
    static let file = "libcurl.4.dylib"
    #else
    static let file = "libcurl.so.4"
    #endif

    /// What keeps libcurl from being used, if anything does. Found out once, by whoever comes first, which takes some
    /// 15 ms; it is never unloaded nor cleaned up, as others in the process may use it.
    static let problem: Problem? = load(file) ?? initialize()

    /// Loads libcurl, in place of one that was loaded before.
    static func load(_ file: String) -> Problem? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            guard !ccurl_load(file, reason.baseAddress, reason.count) else { return nil }
            return Problem(
                text: "libcurl cannot be loaded (\(reason.baseAddress.map { String(cString: $0) } ?? file))",
                remedy: "install libcurl 7.68 or newer; Debian's package is libcurl4")
        }
    }

    private static func initialize() -> Problem? {
        let code = ccurl_global_init(Int(CURL_GLOBAL_ALL))
        guard code != CURLE_OK else { return nil }
        return Problem(text: "libcurl cannot be initialised (\(describe(code)))", remedy: "check its installation")
    }

    static func describe(_ code: CURLcode) -> String {
        String(cString: ccurl_easy_strerror(code))
    }
}
