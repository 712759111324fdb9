import CurlKit
import S3Kit
import Testing

@Suite struct S3ErrorTests {
    static let cases: [(S3Error.Code, status: Int?, cause: HTTPError.Code?, retryable: Bool, throttling: Bool)] = [
        ("SlowDown", 503, nil, true, true), ("RequestLimitExceeded", 400, nil, true, true), ("", 429, nil, true, true),
        ("InternalError", 200, nil, true, false), ("OperationAborted", 409, nil, true, false),
        ("", 502, nil, true, false), ("", 507, nil, true, false), ("RequestTimeout", 400, nil, true, false),
        (.noSuchKey, 404, nil, false, false), (.accessDenied, 403, nil, false, false), ("", 501, nil, false, false),
        (.connection, nil, .connectionLost, true, false), (.connection, nil, .tls, false, false),
        (.cancelled, nil, .cancelled, false, false), (.noCredentials, nil, nil, false, false),
        (.badCredentials, 429, nil, true, false), (.badCredentials, 403, nil, false, false),
    ]

    @Test(arguments: cases.indices)
    func knowsWhatCanHelp(index: Int) {
        let (code, status, cause, retryable, throttling) = Self.cases[index]
        let error = S3Error(
            code, operation: "GET k", message: "because", status: status,
            cause: cause.map { HTTPError($0, message: "because") })
        #expect(error.isRetryable == retryable)
        #expect(error.isThrottling == throttling)
    }

    @Test func describesItself() {
        #expect(
            S3Error(.noSuchKey, operation: "GET k", message: "gone", status: 404, requestID: "r").description
                == "GET k: gone (HTTP 404, NoSuchKey, request r)")
        #expect(S3Error(.connection, operation: "GET k", message: "lost").description == "GET k: lost")
    }
}
