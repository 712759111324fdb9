import CacheCore
import CacheServer
import HTTPTypes
import Testing

/// A credential of some kind, and what it allows.
struct TestCredential: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case none, apiToken, fileToken, readToken, certificate, oidc
    }

    let kind: Kind
    let name: String
    let fields: HTTPFields
    /// Nil for one that does not count.
    let scopes: Scopes?

    /// The time of all that expires.
    static let now = Timestamp(seconds: 1_700_000_000)

    /// Makes one credential of each kind and scope, and those that do not count.
    static func withAuthenticators(
        _ body: @Sendable ([any Authenticator], [TestCredential]) async throws -> Void
    ) async throws {
        try await TestIssuer.run { issuer in
            try await withTemporaryDirectory { directory in
                let (oidc, tokens) = try Self.oidc(issuer)
                let (certificates, subjects) = try Self.certificates()
                let (others, credentials) = try Self.tokens(in: directory)
                try await body([certificates] + others + [oidc], credentials + tokens + subjects)
            }
        }
    }

    /// What a provider has signed.
    private static func oidc(_ issuer: TestIssuer) throws -> (any Authenticator, [TestCredential]) {
        let (key, stranger) = (TestKey.ed25519(), TestKey.ed25519())
        issuer.publish([key])
        let text = """
            {"allow_insecure":true,"providers":{"ci":{"issuer":"\(issuer.issuer)","audience":"cache","rules":[
            {"bound_subject":["*write*"],"scopes":["write"]},{"bound_subject":["*admin*"],"scopes":["admin"]},
            {"bound_subject":["*read*"],"scopes":["read"]}]}}}
            """
        let configuration = try OIDCConfiguration(parsing: Array(text.utf8), from: "test")
        func token(_ subject: String, by key: TestKey, audience: String = "cache", seconds: Int64 = 60) throws -> String
        {
            let end = now.seconds + seconds
            return try key.token(
                #"{"iss":"\#(issuer.issuer)","aud":"\#(audience)","sub":"\#(subject)","exp":\#(end)}"#)
        }
        let credentials = [
            bearer(.oidc, "an OIDC writer", try token("write", by: key), .write),
            bearer(.oidc, "an OIDC administrator", try token("admin", by: key), .admin),
            bearer(.oidc, "an OIDC reader", try token("read", by: key), .read),
            bearer(.oidc, "an OIDC token of two rules", try token("write admin", by: key), .all),
            bearer(.oidc, "an OIDC token of no rule", try token("x", by: key), nil),
            bearer(.oidc, "an OIDC token that has expired", try token("write", by: key, seconds: -60), nil),
            bearer(.oidc, "an OIDC token for others", try token("write", by: key, audience: "x"), nil),
            bearer(.oidc, "an OIDC token of a stranger", try token("write", by: stranger), nil),
        ]
        return (OIDCAuthenticator(configuration, now: { now }, logger: TestServer.silent), credentials)
    }

    /// What a proxy says of certificates.
    private static func certificates() throws -> (any Authenticator, [TestCredential]) {
        let verdict = try #require(HTTPField.Name("X-Verify"))
        let subject = try #require(HTTPField.Name("X-Subject"))
        let authenticator = ProxyCertificateAuthenticator(
            verdict: verdict, subject: subject,
            rules: CertificateRules(writers: [try Glob("CN=ci")], readers: [try Glob("CN=reader")]))
        func credential(_ name: String, _ said: String, _ scopes: Scopes?) -> TestCredential {
            TestCredential(
                kind: .certificate, name: "\(name), \(said)", fields: [verdict: said, subject: name], scopes: scopes)
        }
        return (
            authenticator,
            [
                credential("CN=ci", "SUCCESS", .all), credential("CN=reader", "SUCCESS", .read),
                credential("CN=x", "SUCCESS", nil), credential("CN=ci", "FAILED", nil),
                credential("CN=ci", "NONE", nil),
            ]
        )
    }

    /// Tokens that both sides know.
    private static func tokens(in directory: String) throws -> ([any Authenticator], [TestCredential]) {
        let readToken = String(repeating: "r", count: 40)
        var credentials: [TestCredential] = [
            TestCredential(kind: .none, name: "nothing", fields: [:], scopes: nil),
            bearer(.none, "an empty token", "", nil), bearer(.none, "a wrong token", "wrong", nil),
            bearer(.none, "a wrong long token", String(repeating: "0", count: 64), nil),
            bearer(.apiToken, "the API token", TestServer.token, .all),
            bearer(.readToken, "a read token", readToken, .read),
        ]
        let file = TokenFile(path: directory + "/tokens.json")
        for (name, scopes, allowed) in [
            ("read", ["read"], Scopes.read), ("write", ["write"], .write), ("admin", ["admin"], .admin),
            ("both", ["write", "admin"], .all), ("expired", ["write"], nil), ("revoked", ["admin"], nil),
        ] as [(String, [String], Scopes?)] {
            let made = try NewToken(
                name: name, scopes: scopes, now: now - .seconds(100),
                lifetime: name == "expired" ? .seconds(100) : .seconds(101))
            try file.change { list in
                try list.add(made.record, now: now)
                if name == "revoked" { try list.revoke(name, now: now) }
            }
            credentials.append(bearer(.fileToken, "the token \(name)", made.token, allowed))
        }
        let authenticators: [any Authenticator] = [
            try StaticTokenAuthenticator(token: TestServer.token),
            try TokenFileAuthenticator(file: file, now: { now }, logger: LogRecorder().logger),
            try StaticTokenAuthenticator(token: readToken, holder: Principal(name: "reader", scopes: .read)),
        ]
        return (authenticators, credentials)
    }

    private static func bearer(_ kind: Kind, _ name: String, _ token: String, _ scopes: Scopes?) -> TestCredential {
        TestCredential(kind: kind, name: name, fields: [.authorization: "Bearer \(token)"], scopes: scopes)
    }
}
