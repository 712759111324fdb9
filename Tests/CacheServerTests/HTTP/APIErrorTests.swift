import CacheCore
import HTTPTypes
import HummingbirdCore
import Testing

@testable import CacheServer

@Suite struct APIErrorTests {
    @Test(arguments: [
        (CacheError.Code.invalidRequest, 400, nil), (.forbidden, 403, nil), (.notFound, 404, nil),
        (.conflict, 409, nil),
        (.tooLarge, 413, nil), (.throttled, 429, "2"), (.busy, 503, "30"), (.unavailable, 503, nil),
        (.insufficientStorage, 507, nil), (.internal, 500, nil),
    ])
    func statuses(code: CacheError.Code, status: Int, retryAfter: String?) {
        let error = APIError(CacheError(code, "Sentence."))
        #expect(error.status.code == status)
        #expect(error.code == code.rawValue)
        #expect(error.headers[.retryAfter] == retryAfter)
    }

    @Test(arguments: [(Duration.milliseconds(1), "1"), (.milliseconds(1500), "2"), (.seconds(7), "7"), (.zero, "1")])
    func delaysAreRoundedUp(delay: Duration, field: String) {
        #expect(APIError(CacheError(.busy, "Sentence.", retryAfter: delay)).headers[.retryAfter] == field)
    }

    @Test func faultsAreNotTold() {
        let request = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        let response = APIError(CacheError(.internal, "The database /secret/path is damaged.")).response(to: request)
        #expect(response.status.code == 500)
        #expect(APIError(CacheError(.internal, "x")).message == "internal error; the server's log says more")
    }

    @Test(arguments: [
        (ObjectStoreError.Code.throttled, 429), (.unavailable, 503), (.other, 500), (.denied, 500),
    ])
    func readersMeetTheStore(code: ObjectStoreError.Code, status: Int) {
        #expect(APIError(ObjectStoreError(code, "/secret/path")).status.code == status)
        #expect(!APIError(ObjectStoreError(code, "/secret/path")).message.contains("secret"))
    }
}
