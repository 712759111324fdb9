import CCurl

/// The one initialisation that libcurl wants in a process.
enum CurlLibrary {
    /// Evaluated once, by whoever comes first; libcurl is never cleaned up, as others in the process may use it.
    static let initialization: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

    static func describe(_ code: CURLcode) -> String {
        String(cString: curl_easy_strerror(code))
    }
}
