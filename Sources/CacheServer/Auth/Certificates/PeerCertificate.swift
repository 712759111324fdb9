import CacheCore
import NIOCore
import NIOSSL
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the certificate says that the client of a connection has shown.
struct PeerCertificate: Hashable, Sendable {
    /// Whose it is (RFC 2253).
    let subject: String
    /// Until when it counts.
    let end: Timestamp

    /// The certificate of a connection; nil for a client without one, and on a connection without TLS.
    ///
    /// - Throws: when the connection is closed.
    static func shown(on channel: any Channel) async throws -> PeerCertificate? {
        try await channel.eventLoop.submit { () -> PeerCertificate? in
            let handler = try? channel.pipeline.syncOperations.handler(type: PeerCertificateHandler.self)
            return handler?.certificate(on: channel)
        }.get()
    }

    /// - Returns: nil for what cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes) else {
            return nil
        }
        subject = CertificateSubject.text(of: parsed.subject)
        end = Timestamp(seconds: Int64(parsed.notValidAfter.timeIntervalSince1970))
    }
}

/// Takes the certificate of a connection apart once, when it is first asked for.
final class PeerCertificateHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private enum State {
        case unknown
        case known(PeerCertificate?)
    }

    private var state = State.unknown

    fileprivate func certificate(on channel: any Channel) -> PeerCertificate? {
        if case .known(let certificate) = state { return certificate }
        let shown = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
        let certificate = shown.flatMap { PeerCertificate($0) }
        state = .known(certificate)
        return certificate
    }
}

@available(*, unavailable)
extension PeerCertificateHandler: Sendable {}
