import SwiftASN1
import Testing
import X509

@testable import CacheServer

@Suite struct CertificateSubjectTests {
    private func text(_ parts: [(ASN1ObjectIdentifier, String)]) throws -> String {
        CertificateSubject.text(
            of: try DistinguishedName(
                parts.map { RelativeDistinguishedName.Attribute(type: $0.0, value: .init(utf8String: $0.1)) }))
    }

    /// The examples of RFC 2253, 5, among them.
    @Test func theMostSpecificFirst() throws {
        #expect(
            try text([([2, 5, 4, 6], "GB"), ([2, 5, 4, 10], "Isode Limited"), ([2, 5, 4, 3], "Steve Kille")])
                == "CN=Steve Kille,O=Isode Limited,C=GB")
        #expect(
            try text([([2, 5, 4, 10], "Acme"), ([2, 5, 4, 11], "x"), ([2, 5, 4, 3], "ci")]) == "CN=ci,OU=x,O=Acme")
        #expect(
            try text([
                ([0, 9, 2342, 19_200_300, 100, 1, 25], "net"), ([2, 5, 4, 7], "L"), ([2, 5, 4, 8], "S"),
                ([2, 5, 4, 9], "Street 1"), ([0, 9, 2342, 19_200_300, 100, 1, 1], "u"), ([2, 5, 4, 5], "7"),
            ]) == "SERIALNUMBER=7,UID=u,STREET=Street 1,ST=S,L=L,DC=net")
        let several = DistinguishedName([
            RelativeDistinguishedName([.init(type: [2, 5, 4, 10], value: .init(utf8String: "Widget"))]),
            RelativeDistinguishedName([
                .init(type: [2, 5, 4, 11], value: .init(utf8String: "Sales")),
                .init(type: [2, 5, 4, 3], value: .init(utf8String: "J. Smith")),
            ]),
        ])
        #expect(
            ["OU=Sales+CN=J. Smith,O=Widget", "CN=J. Smith+OU=Sales,O=Widget"].contains(
                CertificateSubject.text(of: several)))
    }

    @Test(arguments: [
        ("L. Eagle", "L. Eagle"), ("Sue, Grabbit and Runn", "Sue\\, Grabbit and Runn"), ("a+b", "a\\+b"),
        ("a\"b", "a\\\"b"), ("a\\b", "a\\\\b"), ("<a>;", "\\<a\\>\\;"), (" a ", "\\ a\\ "), (" ", "\\ "),
        ("#a#", "\\#a#"),
        ("Before\rAfter", "Before\\0DAfter"), ("a\u{0}b", "a\\00b"), ("Lučić", "Lučić"), ("", ""),
        ("ci,O=Acme", "ci\\,O=Acme"),
    ])
    func escaping(value: String, text expected: String) throws {
        #expect(try text([([2, 5, 4, 3], value)]) == "CN=" + expected)
    }

    @Test func typesWithoutAName() throws {
        #expect(try text([([1, 3, 6, 1, 4, 1, 1466, 0], "Hi")]) == "1.3.6.1.4.1.1466.0=#0c024869")
        #expect(CertificateSubject.text(of: DistinguishedName()) == "")
        let bytes = RelativeDistinguishedName.Attribute(
            type: [2, 5, 4, 3], value: .init(asn1Any: try ASN1Any(erasing: ASN1OctetString(contentBytes: [1, 2]))))
        #expect(CertificateSubject.text(of: try DistinguishedName([bytes])) == "CN=#04020102")
    }

    /// Whoever chooses his common name does not become a part of Acme.
    @Test func namesThatPretend() throws {
        let rules = CertificateRules(writers: [try Glob("CN=*,O=Acme")])
        #expect(rules.principal(of: try text([([2, 5, 4, 10], "Acme"), ([2, 5, 4, 3], "ci")]))?.scopes == .all)
        #expect(rules.principal(of: try text([([2, 5, 4, 3], "ci,O=Acme")])) == nil)
        #expect(rules.principal(of: try text([([2, 5, 4, 3], "ci"), ([2, 5, 4, 10], "Acme")])) == nil)
    }

    @Test(
        arguments: [
            ([], [], "CN=x", Scopes.all as Scopes?), (["CN=ci,*"], [], "CN=ci,O=Acme", .all),
            (["CN=ci,*"], [], "CN=x", nil),
            (["CN=ci"], ["CN=*"], "CN=ci", .all), (["CN=ci"], ["CN=*"], "CN=x", .read), ([], ["CN=r"], "CN=r", .read),
            ([], ["CN=r"], "CN=x", nil), (["CN=a b"], [], "CN=a b", .all), (["CN=a?b"], [], "CN=a b", .all),
            // A comma that belongs to a name separates nothing, whoever has written the subject.
            (["CN=*,O=Acme"], [], "CN=a\\,O=Acme", nil), (["CN=*,O=Acme"], [], "CN=a\\,O=Acme,O=Acme", .all),
            (["CN=a\\,*"], [], "CN=a\\,b", .all), (["CN=a?O=b"], [], "CN=a\\,O=b", .all),
            (["CN=a\\*"], [], "CN=ab", nil), (["CN=*\\"], [], "CN=a\\", .all), (["CN=*O=b"], [], "CN=a\\O=b", nil),
        ] as [([String], [String], String, Scopes?)])
    func rules(writers: [String], readers: [String], subject: String, scopes: Scopes?) throws {
        let rules = CertificateRules(
            writers: try writers.map { try Glob($0) }, readers: try readers.map { try Glob($0) })
        #expect(rules.principal(of: subject)?.scopes == scopes)
        #expect(rules.gatesReads == !readers.isEmpty)
    }
}
