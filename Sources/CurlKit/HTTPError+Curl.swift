import CCurl

extension Transfer {
    /// Turns a code of libcurl's into a sentence.
    ///
    /// - Parameters:
    ///   - detail: what libcurl says about it.
    ///   - isRedirected: whether the server has sent us elsewhere.
    func failure(for code: CURLcode, detail: String, isRedirected: Bool) -> HTTPError {
        let reason = "(\(detail))"
        return switch code {
        case CURLE_UNSUPPORTED_PROTOCOL where !isRedirected:
            // A status line that is none is taken for HTTP/0.9.
            error(
                .protocol, "the answer is not proper HTTP \(reason)",
                remedy: "check that the address is that of an HTTP server")
        case CURLE_UNSUPPORTED_PROTOCOL:
            error(
                .invalidRequest, "it was redirected to an address that is not HTTP \(reason)",
                remedy: "check the address")
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT:
            error(.invalidRequest, "the address cannot be used \(reason)", remedy: "check how it is written")
        case CURLE_COULDNT_RESOLVE_HOST:
            error(.resolve, "the host has no address \(reason)", remedy: "check the name and the DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            error(.resolve, "the proxy has no address \(reason)", remedy: "check the proxy's name and the DNS")
        case CURLE_COULDNT_CONNECT:
            error(
                .connect, "no connection could be made \(reason)",
                remedy: "check the address, and that the server is running")
        case CURLE_OPERATION_TIMEDOUT:
            error(
                .timeout, "no connection could be made in time \(reason)",
                remedy: "check the address and the network")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
            error(.tls, "TLS could not be agreed on \(reason)", remedy: "check that the server speaks TLS there")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE:
            error(
                .tls, "the server's certificate is not trusted \(reason)",
                remedy: "check the host name, or name the file of its certificate authority")
        case CURLE_SSL_CERTPROBLEM:
            error(
                .tls, "the client's certificate cannot be used \(reason)",
                remedy: "check the files of the certificate and its key")
        case CURLE_SSL_CACERT_BADFILE:
            error(
                .tls, "the file of trusted certificates cannot be read \(reason)",
                remedy: "check that it is there and in PEM")
        case CURLE_PROXY:
            error(.proxy, "the proxy refused \(reason)", remedy: "check the proxy's address and what it allows")
        case CURLE_TOO_MANY_REDIRECTS:
            error(.tooManyRedirects, "it was redirected more than ten times", remedy: "check the address")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            error(.connectionLost, "the connection ended too early \(reason)", remedy: "try again")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP_RETURNED_ERROR:
            error(
                .protocol, "the answer is not proper HTTP \(reason)",
                remedy: "check that the address is that of an HTTP server")
        case CURLE_OUT_OF_MEMORY:
            error(.internal, "libcurl has no memory left", remedy: "give the process more memory")
        default:
            error(.internal, "libcurl failed with code \(code.rawValue) \(reason)", remedy: "please report this")
        }
    }
}

extension ActiveTransfer {
    /// What the end of libcurl's work means.
    func outcome(for code: CURLcode) -> Result<Void, HTTPError> {
        if let failure { return .failure(failure) }
        if code == CURLE_OK {
            if hasHead { return .success(()) }
            // libcurl is content with the part of a head that came before the connection was closed.
            return .failure(
                transfer.error(
                    .connectionLost, "the connection ended too early (in the middle of the head)", remedy: "try again"))
        }
        let proxyStatus = handle.number(CURLINFO_HTTP_CONNECTCODE)
        if proxyStatus >= 300, handle.number(CURLINFO_RESPONSE_CODE) == 0 {
            return .failure(
                transfer.error(
                    .proxy, "the proxy refused a tunnel with status \(proxyStatus)",
                    remedy: "check the proxy's address and what it allows"))
        }
        var error = transfer.failure(
            for: code, detail: handle.explain(code), isRedirected: handle.number(CURLINFO_REDIRECT_COUNT) > 0)
        error.keptConnectionWasDead =
            error.code == .connectionLost && handle.number(CURLINFO_NUM_CONNECTS) == 0
            && handle.number(CURLINFO_HEADER_SIZE) == 0 && handle.offset(CURLINFO_SIZE_DOWNLOAD_T) == 0
        return .failure(error)
    }

    /// Why a transfer ended that somebody gave up.
    var abandoned: HTTPError {
        transfer.error(.cancelled, "the request was cancelled", remedy: "start it again if it is still wanted")
    }
}
