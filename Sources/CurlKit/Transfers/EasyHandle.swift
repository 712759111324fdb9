import CCurl

/// Owns an easy handle of libcurl, its error buffer and its list of headers. Only the event thread has any.
final class EasyHandle {
    /// An option that libcurl refused.
    struct OptionFailure: Error {
        let code: CURLcode
    }

    let pointer: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let pointer = ccurl_easy_init() else { return nil }
        self.pointer = pointer
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        ccurl_easy_cleanup(pointer)
        ccurl_slist_free_all(headerList)
        errorBuffer.deallocate()
    }

    /// Forgets all options and keeps what makes the next request fast.
    func reset() throws(OptionFailure) {
        ccurl_easy_reset(pointer)
        ccurl_slist_free_all(headerList)
        headerList = nil
        errorBuffer.pointee = 0
        try check(ccurl_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorBuffer))
    }

    /// What libcurl says about the last failure.
    func explain(_ code: CURLcode) -> String {
        let text = String(cString: errorBuffer)
        return text.isEmpty ? CurlLibrary.describe(code) : text
    }

    func set(_ option: CURLoption, _ value: Int) throws(OptionFailure) {
        try check(ccurl_easy_set_long(pointer, option, value))
    }

    /// Sets an option that an older libcurl can do without.
    func set(ifKnown option: CURLoption, _ value: Int) throws(OptionFailure) {
        let code = ccurl_easy_set_long(pointer, option, value)
        if code != CURLE_UNKNOWN_OPTION { try check(code) }
    }

    func set(_ option: CURLoption, _ value: String) throws(OptionFailure) {
        try check(ccurl_easy_set_string(pointer, option, value))
    }

    func set(_ option: CURLoption, offset value: Int64) throws(OptionFailure) {
        try check(ccurl_easy_set_offset(pointer, option, curl_off_t(value)))
    }

    func set(_ option: CURLoption, context: UnsafeMutableRawPointer) throws(OptionFailure) {
        try check(ccurl_easy_set_pointer(pointer, option, context))
    }

    func set(_ option: CURLoption, callback: curl_write_callback) throws(OptionFailure) {
        try check(ccurl_easy_set_write(pointer, option, callback))
    }

    /// Sets the headers, each a whole line.
    func setHeaders(_ lines: [String]) throws(OptionFailure) {
        for line in lines {
            guard let list = ccurl_slist_append(headerList, line) else {
                throw OptionFailure(code: CURLE_OUT_OF_MEMORY)
            }
            headerList = list
        }
        try check(ccurl_easy_set_list(pointer, CURLOPT_HTTPHEADER, headerList))
    }

    /// Sets a small body, which libcurl copies.
    func setBody(_ bytes: [UInt8]) throws(OptionFailure) {
        try set(CURLOPT_POSTFIELDSIZE_LARGE, offset: Int64(bytes.count))
        let code = bytes.withUnsafeBytes { buffer in
            // The pointer is only read; libcurl has one type for all of them.
            ccurl_easy_set_pointer(
                pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: buffer.baseAddress))
        }
        try check(code)
    }

    func check(_ code: CURLcode) throws(OptionFailure) {
        guard code == CURLE_OK else { throw OptionFailure(code: code) }
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_easy_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ccurl_easy_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
    }
}
