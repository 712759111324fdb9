import CurlKit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples.
    static let now = Date(timeIntervalSince1970: 784_111_777)

    @Test(arguments: [
        ("0", 0.0), ("120", 120.0), (" 7 ", 7.0), ("9999999999", 9_999_999_999.0),
        ("99999999999999999999999", 2_147_483_647.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0), ("Sun, 06 Nov 1994 08:51:38 GMT", 121.0),
        ("Sunday, 06-Nov-94 08:49:40 GMT", 3.0), ("Sun Nov  6 08:49:41 1994", 4.0),
        ("Wed, 01 Mar 1995 00:00:00 GMT", 9_904_223.0), ("Fri, 31 Dec 1993 23:59:59 GMT", 0.0),
        ("Sunday, 06-Nov-05 08:49:37 GMT", 347_155_200.0),
    ])
    func reads(value: String, seconds: Double) {
        #expect(RetryAfter.parse(value, now: Self.now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37:00 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "1 2",
    ])
    func refuses(value: String) {
        #expect(RetryAfter.parse(value, now: Self.now) == nil)
    }
}
