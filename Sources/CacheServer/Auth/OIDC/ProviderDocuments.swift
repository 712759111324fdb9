import CacheCore
import CurlKit
import NIOPosix

/// What a provider publishes about itself.
struct ProviderDocuments: Sendable {
    let provider: OIDCProvider
    let client: HTTPClient

    /// The largest document, in bytes.
    private static let limit = 256 << 10
    /// What one document may take.
    private static let time = Duration.seconds(10)

    /// The keys that tokens can be checked with.
    ///
    /// - Throws: ``OIDCError``; `CancellationError` when the task was cancelled.
    func keys() async throws -> [VerificationKey] {
        let url: String
        if let given = provider.keysURL {
            url = given
        } else {
            url = try await keysURL()
        }
        return try await VerificationKey.keys(of: try await document(url), at: url)
    }

    private func keysURL() async throws -> String {
        let discovery = ProviderURL.discovery(of: provider.issuer)
        let document = try await document(discovery)
        // Else somebody else's document would name the keys (OpenID Connect Discovery 1.0, 4.3).
        guard document["issuer"]?.string == provider.issuer else {
            throw OIDCError("\(discovery) is the document of another issuer")
        }
        guard let url = document["jwks_uri"]?.string,
            ProviderURL.isUsable(url, allowsInsecure: provider.allowsInsecure)
        else { throw OIDCError("\(discovery) names no jwks_uri that can be used") }
        return url
    }

    private func document(_ url: String) async throws -> JSONValue {
        var headers = HTTPHeaders([(name: "Accept", value: "application/json")])
        if let path = provider.bearerTokenFile {
            headers = HTTPHeaders([
                (name: "Accept", value: "application/json"),
                (name: "Authorization", value: "Bearer \(try await token(in: path))"),
            ])
        }
        let bytes: [UInt8]
        do throws(HTTPError) {
            let response = try await client.execute(HTTPRequest(url: url, headers: headers, totalTimeout: Self.time))
            guard response.status == 200 else {
                throw HTTPError(.protocol, message: "\(url) answers with status \(response.status)")
            }
            bytes = try await response.body.collect(upTo: Self.limit)
        } catch {
            if error.code == .cancelled, Task.isCancelled { throw CancellationError() }
            throw OIDCError(error.message)
        }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw OIDCError("\(url): \(error)")
        }
    }

    private func token(in path: String) async throws -> String {
        let found = try await NIOThreadPool.singleton.runIfActive {
            Result { () throws(ConfigurationError) in try SecretFile(path: path).contents() }
        }
        switch found {
        case .success(let token?): return token
        case .success(nil): throw OIDCError("bearer_token_file \(path): there is no such file")
        case .failure(let error): throw OIDCError("bearer_token_file: \(error)")
        }
    }
}
