import Testing

@testable import CurlKit

/// Loading libcurl where it is missing, or is something else. What was loaded before stays.
@Suite struct CurlLibraryTests {
    @Test func saysThatItIsMissing() throws {
        let problem = try #require(CurlLibrary.load("libcurl-of-nobody.so.4"))
        #expect(problem.text.contains("libcurl-of-nobody.so.4"))
        #expect(problem.remedy.contains("install libcurl"))
        #expect(CurlLibrary.problem == nil)
    }

    #if os(Linux)
    @Test func saysWhatItLacks() throws {
        let problem = try #require(CurlLibrary.load("libc.so.6"))
        #expect(problem.text.contains("curl_global_init"))
        #expect(CurlLibrary.problem == nil)
    }
    #endif

    @Test func loadsOnceMore() {
        #expect(CurlLibrary.problem == nil)
        #expect(CurlLibrary.load(CurlLibrary.file) == nil)
    }
}
