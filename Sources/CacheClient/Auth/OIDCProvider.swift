/// A CI service that gives its jobs OIDC tokens.
public enum OIDCProvider: String, Sendable, CaseIterable {
    /// GitHub Actions: a job with the permission `id-token: write` asks for a token of any audience.
    ///
    /// Source: the GitHub documentation, "OpenID Connect reference".
    case github
    /// GitLab CI: a job lists its tokens under `id_tokens`, and has them as variables.
    ///
    /// Source: the GitLab documentation, "OpenID Connect (OIDC) Authentication Using ID Tokens".
    case gitlab

    /// The variable in which a job of GitLab has its token.
    public static let gitlabVariable = "NIKS3_ID_TOKEN"

    /// The issuer of the tokens.
    ///
    /// - Parameter environment: The variables of the job, which tell where an instance of one's own is.
    func issuer(environment: [String: String]) -> String {
        func address(_ name: String, else standard: String) -> String {
            var text = environment[name].flatMap { $0.isEmpty ? nil : $0 } ?? standard
            while text.hasSuffix("/") { text.removeLast() }
            return text
        }
        switch self {
        case .github:
            let server = address("GITHUB_SERVER_URL", else: "https://github.com")
            return server == "https://github.com"
                ? "https://token.actions.githubusercontent.com" : server + "/_services/token"
        case .gitlab: return address("CI_SERVER_URL", else: "https://gitlab.com")
        }
    }
}
