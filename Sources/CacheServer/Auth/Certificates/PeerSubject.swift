import NIOCore
import NIOSSL
import SwiftASN1
import X509

/// Knows the subject of the certificate that the client of a connection has shown. It is taken apart once, when it is
/// first asked for.
final class PeerSubject: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private enum State {
        case unknown
        case known(String?)
    }

    private var state = State.unknown

    /// The subject (RFC 2253); nil for a client without a certificate, and on a connection without TLS.
    ///
    /// - Throws: when the connection is closed.
    static func subject(on channel: any Channel) async throws -> String? {
        try await channel.eventLoop.submit { () -> String? in
            guard let handler = try? channel.pipeline.syncOperations.handler(type: PeerSubject.self) else { return nil }
            return handler.subject(on: channel)
        }.get()
    }

    private func subject(on channel: any Channel) -> String? {
        if case .known(let subject) = state { return subject }
        let subject = Self.peerSubject(on: channel)
        state = .known(subject)
        return subject
    }

    private static func peerSubject(on channel: any Channel) -> String? {
        guard let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: bytes)
        else { return nil }
        return CertificateSubject.text(of: parsed.subject)
    }
}

@available(*, unavailable)
extension PeerSubject: Sendable {}
