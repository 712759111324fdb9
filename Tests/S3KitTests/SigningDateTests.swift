import Testing

@testable import S3Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct SigningDateTests {
    // date -u -d @SECONDS +%Y%m%dT%H%M%SZ
    @Test(arguments: [
        (0.0, "19700101T000000Z"), (-0.5, "19691231T235959Z"), (951_782_400.999, "20000229T000000Z"),
        (1_369_353_600.0, "20130524T000000Z"), (1_709_251_198.0, "20240229T235958Z"),
        (1_709_251_200.0, "20240301T000000Z"), (4_107_542_400.0, "21000301T000000Z"),
        (-2_203_891_201.0, "19000228T235959Z"), (253_402_300_799.0, "99991231T235959Z"),
        (1e18, "99991231T235959Z"), (-1e18, "00000101T000000Z"),
    ])
    func spells(seconds: Double, text: String) throws {
        let date = SigningDate(Date(timeIntervalSince1970: seconds))
        #expect(date.timestamp == text)
        #expect(try #require(SigningDate(parsing: text)) == date)
    }

    @Test(arguments: [
        "", "20130524", "20130524T000000", "20130524t000000z", "20130524T000000ZZ", "2013-524T000000Z",
        "20130024T000000Z", "20131324T000000Z", "20130500T000000Z", "20130431T000000Z", "20130229T000000Z",
        "20130524T240000Z", "20130524T006000Z", "20130524T000060Z", "２０１30524T0000Z",
    ])
    func refuses(text: String) {
        #expect(SigningDate(parsing: text) == nil)
    }
}
