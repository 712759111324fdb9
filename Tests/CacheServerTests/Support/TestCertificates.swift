import Crypto
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An authority in a test, and what it issues, written as files in PEM.
struct TestCertificates: Sendable {
    let directory: String
    private let name: DistinguishedName
    private let key: P256.Signing.PrivateKey

    /// A certificate and its key.
    struct Files: Sendable {
        let certificate: String
        let key: String
    }

    /// Makes an authority, whose certificate is `authority.pem`.
    init(directory: String, name: String = "Test authority") throws {
        self.directory = directory
        self.name = try Self.subject(name)
        key = P256.Signing.PrivateKey()
        let certificate = try Self.make(
            subject: self.name, publicKey: key.publicKey, issuer: self.name, issuerKey: key, isAuthority: true, days: 1)
        try Self.write(try certificate.serializeAsPEM().pemString, to: authority)
    }

    var authority: String { directory + "/authority.pem" }

    /// Issues a certificate for the loopback.
    ///
    /// - Parameters:
    ///   - file: the name of the files.
    ///   - subject: least specific part first, as certificates hold it.
    ///   - days: for how long; below zero for one that has expired.
    func issue(_ file: String, subject: DistinguishedName, days: Double = 1) throws -> Files {
        let own = P256.Signing.PrivateKey()
        let certificate = try Self.make(
            subject: subject, publicKey: own.publicKey, issuer: name, issuerKey: key, isAuthority: false, days: days)
        let files = Files(certificate: "\(directory)/\(file).pem", key: "\(directory)/\(file).key")
        try Self.write(try certificate.serializeAsPEM().pemString, to: files.certificate)
        try Self.write(own.pemRepresentation, to: files.key)
        return files
    }

    /// Common name, unit and organisation.
    static func subject(_ name: String, unit: String? = nil, organization: String? = nil) throws -> DistinguishedName {
        let parts: [(ASN1ObjectIdentifier, String?)] = [
            (.RDNAttributeType.organizationName, organization), (.RDNAttributeType.organizationalUnitName, unit),
            (.RDNAttributeType.commonName, name),
        ]
        return try DistinguishedName(
            parts.compactMap { type, value in
                value.map { RelativeDistinguishedName.Attribute(type: type, value: .init(utf8String: $0)) }
            })
    }

    private static func make(
        subject: DistinguishedName, publicKey: P256.Signing.PublicKey, issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey, isAuthority: Bool, days: Double
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(publicKey),
            notValidBefore: now.addingTimeInterval(-2 * 86_400), notValidAfter: now.addingTimeInterval(days * 86_400),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(
                    isAuthority
                        ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                        : BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                ])
            },
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
    }

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
