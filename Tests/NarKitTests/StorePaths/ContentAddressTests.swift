import Foundation
import Testing

@testable import NarKit

@Suite struct ContentAddressTests {
    private static let sha256 = "1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"
    private static let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private static let sha1 = "kpcd173cq987hw957sx6m0868wv3x6d9"

    @Test(arguments: [
        ("text:sha256:\(sha256)", ContentAddress.Method.text, HashAlgorithm.sha256),
        ("fixed:sha256:\(sha256)", .flat, .sha256),
        ("fixed:sha1:\(sha1)", .flat, .sha1),
        ("fixed:r:sha256:\(sha256)", .nar, .sha256),
        ("fixed:git:sha1:\(sha1)", .git, .sha1),
    ])
    func returns(_ text: String, _ method: ContentAddress.Method, _ algorithm: HashAlgorithm) throws {
        let address = try ContentAddress(parsing: text)
        #expect(address.method == method)
        #expect(address.hash.algorithm == algorithm)
        #expect(address.description == text)
        let hash = address.hash
        let json = #"{"method":"\#(method.rawValue)","hash":"\#(hash.sri)"}"#
        #expect(try JSONDecoder().decode(ContentAddress.self, from: Data(json.utf8)) == address)
        let structured =
            #"{"hash":{"algorithm":"\#(algorithm.rawValue)","format":"base16","hash":"\#(hash.hex)"},"method":"\#(method.rawValue)"}"#
        #expect(try JSONDecoder().decode(ContentAddress.self, from: Data(structured.utf8)) == address)
        #expect(try JSONDecoder().decode(ContentAddress.self, from: Data("\"\(text)\"".utf8)) == address)
    }

    @Test func readsHexadecimal() throws {
        #expect(
            try ContentAddress(parsing: "fixed:r:sha256:\(Self.hex)").description == "fixed:r:sha256:\(Self.sha256)")
    }

    @Test(arguments: [
        "", "fixed", "fixed:", "fixed:r:", "text:\(sha256)", "Text:sha256:\(sha256)", "fixed:x:sha256:\(sha256)",
        "fixed:r:git:sha1:\(sha1)", "fixed:sha256:\(sha1)", " text:sha256:\(sha256)", "text:sha256:\(sha256)\n",
        "text:sha1:\(sha1)", "fixed:sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", "fixed:ü",
    ])
    func refuses(_ text: String) throws {
        let error = try #require(throws: NarKitError.self) { try ContentAddress(parsing: text) }
        #expect(error.code == .invalidContentAddress)
    }

    @Test func namesWhatItRefuses() throws {
        let error = try #require(throws: NarKitError.self) { try ContentAddress(parsing: "fixed:r:sha256:abc") }
        #expect(
            error.message
                == "\"fixed:r:sha256:abc\" is not a content address: it must be text:, fixed:, fixed:r: or fixed:git: and a "
                + "hash such as sha256:….")
        let json = #"{"method":"tar","hash":"sha256:\#(Self.hex)"}"#
        let other = try #require(throws: NarKitError.self) {
            try JSONDecoder().decode(ContentAddress.self, from: Data(json.utf8))
        }
        #expect(other.message == "\"tar\" is not a method of content addressing: it must be text, flat, nar or git.")
    }
}
